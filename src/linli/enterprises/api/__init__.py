"""What is done with enterprises over REST; each module holds one idea."""

from linli.enterprises.api import figures, ladder, matching, per_mu, visits

ROUTERS = (figures.router, visits.router, ladder.router, per_mu.router, matching.router)
