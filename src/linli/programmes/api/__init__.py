"""What may be done with programmes over REST; each module holds the operations of one idea."""

from linli.programmes.api import cutting, investment, remediation, renewal, ways

ROUTERS = (cutting.router, renewal.router, investment.router, remediation.router, ways.router)
