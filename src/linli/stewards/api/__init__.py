"""What neighbour stewards and residents do over REST; each module holds one idea."""

from linli.stewards.api import bookings, deliberations, desk, home, services

ROUTERS = (desk.router, deliberations.router, home.router, services.router, bookings.router)
