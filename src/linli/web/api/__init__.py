"""What the cockpit, the map and the overview show, over REST; each module holds one idea."""

from linli.web.api import cockpit, overview, places

ROUTERS = (cockpit.router, places.router, places.town, overview.router)
