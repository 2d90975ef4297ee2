"""What the map shows: a figure for each grid, and which grids a point lies in."""

from datetime import date
from typing import TYPE_CHECKING, Annotated, Any, Literal

import numpy as np
from django.http import HttpRequest
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop
from ninja import Router
from pydantic import Field

from linli.cases.models import Category
from linli.clock import now
from linli.people.scope import scope
from linli.people.tables import works_here
from linli.places.atlas import atlas
from linli.rest import Asked, Problem, Shape, Text, asked, operation
from linli.scores.periods import local_day
from linli.web.map.asked import Asked as OnMap
from linli.web.map.measures import MEASURES, by_grid

N = gettext_noop
router = Router(tags=["scores"])
town = Router(tags=["town"])
if TYPE_CHECKING:  # mypy cannot read the words of a table
    Measure = str
else:
    Measure = Literal[tuple(MEASURES)]


class MapQuery(Asked):
    """Of which layer, month and category."""

    layer: Literal["community", "service"] = "community"
    month: Annotated[date | None, Field(description=N("Any day of the month"))] = None
    category: Annotated[Text | None, Field(description=N("Code of a category"))] = None


class OfGridShape(Shape):
    """A figure of one grid; of a share there is none where nothing happened."""

    grid: str
    value: int | None


class MapShape(Shape):
    """A figure of each grid in which there was anything: a number, or a share in percent."""

    measure: str
    label: str
    is_percent: bool
    items: list[OfGridShape]


@router.get("/map/{measure}", response=MapShape, **operation(
    N("A figure for each grid, as the map shows it"), asks=MapQuery, name="map"))  # fmt: skip
def on_map(request: HttpRequest, measure: Measure) -> dict[str, Any]:
    if not works_here(scope(request.user)):
        raise Problem(403, _("Figures are open to those who work for the town."))
    wanted = asked(request, MapQuery)
    category = None
    if wanted.category is not None:
        rows = Category.objects.filter(code=wanted.category)
        category = rows.values_list("pk", flat=True).first()
        if category is None:
            words = _("There is no category “%(value)s”.") % {"value": wanted.category}
            raise Problem(422, errors=[("category", words)])
    areas = atlas().areas
    whole = next(area for area in areas.values() if area.parent_id is None)
    month = (wanted.month or local_day(now())).replace(day=1)
    shown = OnMap(wanted.layer, measure, month, category, whole)
    pairs = by_grid(shown.measure, wanted.layer, month, shown.categories)
    return {
        "measure": measure,
        "label": str(shown.measure.label),
        "is_percent": bool(shown.measure.of),
        "items": [
            {"grid": areas[key].code, "value": shown.measure.value(pair)}
            for key, pair in pairs.items()
            if key in areas
        ],
    }


class PointQuery(Asked):
    """A point (WGS-84)."""

    lon: Annotated[float, Field(ge=-180, le=180)]
    lat: Annotated[float, Field(ge=-90, le=90)]


class HereShape(Shape):
    """The grids that hold a point, and the areas above the first, the widest first."""

    community_grid: str | None
    service_grid: str | None
    trail: list[str]


@town.get("/here", response=HereShape, **operation(
    N("Which grid of each layer holds a point"), asks=PointQuery, name="here"))  # fmt: skip
def here(request: HttpRequest) -> dict[str, Any]:
    wanted = asked(request, PointQuery)
    (found,) = atlas().locate_points(np.array([wanted.lon]), np.array([wanted.lat]))
    areas = atlas().areas
    community, service = areas.get(found.community_grid or 0), areas.get(found.service_grid or 0)
    above = atlas().ancestors(found.community_grid) if community else []
    return {
        "community_grid": community.code if community else None,
        "service_grid": service.code if service else None,
        "trail": [areas[key].code for key in reversed(above)],
    }
