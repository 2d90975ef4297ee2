"""What heads and administrators do with people over REST; each module holds one idea."""

from linli.people.api import accounts, leads, leaves, roles

ROUTERS = (accounts.router, roles.router, leads.router, leaves.router)
