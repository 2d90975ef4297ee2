"""Ways and measures against rain over REST: what they amount to, and where they lie."""

from typing import Any

from django.http import HttpRequest
from django.utils.translation import gettext_noop
from ninja import Router

from linli.people.scope import Scope, scope
from linli.programmes.ways import figures
from linli.programmes.who import works
from linli.rest import Problem, Shape, operation

N = gettext_noop
router = Router()


class GapShape(Shape):
    """A gap from one way to another; `joins` tells whether closing it joins two parts."""

    start: tuple[float, float]
    end: tuple[float, float]
    metres: float
    ways: list[str]
    joins: bool


class NetworkShape(Shape):
    """Length in metres, the share of it in the longest part, and the gaps, nearest first."""

    metres: float
    parts: list[float]
    continuity: float | None
    reach: float | None
    gaps: list[GapShape]


class BalanceShape(Shape):
    """A catchment: m³ needed, held and planned, and the rain in mm that is held back."""

    catchment: str
    needed: float
    held: float
    planned: float
    rain: float


class BalancesShape(Shape):
    """All catchments."""

    catchments: list[BalanceShape]


def _sight(request: HttpRequest) -> Scope:
    sight = scope(request.user)
    if not works(sight):
        raise Problem(403)
    return sight


@router.get("/slow-traffic", response=NetworkShape, **operation(
    N("How well the ways hang together, and where they do not"),
    name="slow_traffic"))  # fmt: skip
def slow_traffic(request: HttpRequest) -> dict[str, Any]:
    ways, found = figures.study(_sight(request))
    return {
        "metres": found.total, "parts": list(found.parts), "continuity": found.continuity,
        "reach": found.reach,
        "gaps": [
            {"start": gap.start, "end": gap.end, "metres": gap.metres, "joins": gap.is_link,
             "ways": [ways[at].code for at in gap.ways]}
            for gap in found.gaps
        ],
    }  # fmt: skip


@router.get("/slow-traffic/shapes", response=dict[str, Any], **operation(
    N("Ways and gaps as GeoJSON"), name="slow_traffic_shapes"))  # fmt: skip
def way_shapes(request: HttpRequest) -> dict[str, Any]:
    return figures.way_features(*figures.study(_sight(request)))


@router.get("/sponge", response=BalancesShape, **operation(
    N("What each catchment must hold back of the design rain, and what it holds"),
    name="sponge"))  # fmt: skip
def sponge(request: HttpRequest) -> dict[str, Any]:
    return {
        "catchments": [
            {"catchment": row.catchment.code, "needed": row.needed, "held": row.held,
             "planned": row.planned, "rain": row.rain}
            for row in figures.balances(_sight(request))
        ]
    }  # fmt: skip


@router.get("/sponge/shapes", response=dict[str, Any], **operation(
    N("Catchments and measures as GeoJSON"), name="sponge_shapes"))  # fmt: skip
def sponge_shapes(request: HttpRequest) -> dict[str, Any]:
    sight = _sight(request)
    return figures.measure_features(sight, figures.balances(sight))
