"""Inspection over REST: what its pages do, for programs."""

from linli.assets.inspection.feed_api import router as feeds
from linli.assets.inspection.judging_api import router as judging
from linli.assets.inspection.station_api import router as stations

ROUTERS = (feeds, judging, stations)
