"""What may be done with programmes over REST; each module holds the operations of one idea."""

from linli.programmes.api import renewal

ROUTERS = (renewal.router,)
