"""What may be done with programmes over REST; each module holds the operations of one idea."""

from linli.programmes.api import investment, remediation, renewal, ways

ROUTERS = (renewal.router, investment.router, remediation.router, ways.router)
