"""Figures, leagues and ratings over REST; each module holds the operations of one idea."""

from linli.scores.api import backlog, figures, leagues, ratings

ROUTERS = (leagues.router, figures.router, backlog.router, ratings.router)
