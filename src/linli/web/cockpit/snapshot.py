"""One state of the cockpit, drawn in one language for all who reach equally far."""

from typing import Any

from django.core.cache import cache
from django.db.models import Max
from django.template.loader import render_to_string
from django.utils import translation

from linli.assets.inspection.panel import checked
from linli.assets.register.panel import plants
from linli.cases.models import OPEN, Event
from linli.clock import now
from linli.enterprises.panel import service
from linli.indicators.panel import lights
from linli.indicators.schemes.panel import totals
from linli.places.town import the_town
from linli.programmes.panel import works
from linli.scores.backlog import COUNTED
from linli.scores.models import Backlog, Tally
from linli.web.cockpit import figures
from linli.web.cockpit.reach import Reach

LEAGUES_S = 60  # a league changes slowly, and to compare takes longer than all the rest
WORKS_S = 30


def mark() -> tuple:
    """Return what changes whenever something happened: cheap enough to ask twice a second."""
    unfolded = Event.objects.filter(folded=False).exists()
    last = Event.objects.aggregate(last=Max("id"))["last"]
    lying = Backlog.objects.filter(kind=Tally.Kind.TOWN).values_list(*COUNTED).first()
    return last, lying, unfolded


def part(name: str, **context: Any) -> str:
    """Draw one part of the cockpit."""
    return render_to_string(f"web/cockpit/_{name}.html", context)


def snapshot(reach: Reach, language: str) -> dict[str, Any]:
    """Return the parts of the page as HTML by name, and the figures of the map.

    Reads tallies and backlogs, whose number does not grow with the cases, and a few open cases.
    """
    with translation.override(language):
        lying = figures.backlog(reach)
        return {
            "at": now().isoformat(),
            "parts": {
                "flow": part("flow", stages=figures.flow(reach, lying)),
                "totals": part(
                    "totals",
                    open=sum(lying[state] for state in OPEN),
                    overdue=lying["overdue"],
                    month=figures.month(reach),
                ),
                "leagues": cache.get_or_set(
                    f"cockpit:{the_town().fingerprint}:{language}:{','.join(reach.paths)}",
                    lambda: part("leagues", leagues=figures.leagues(reach)),
                    LEAGUES_S,
                ),
                "needs": part("needs", **figures.needs(reach)),
                "topics": part("topics", topics=figures.topics()),
                "pace": cache.get_or_set(
                    f"pace:{the_town().fingerprint}:{language}",
                    lambda: part("pace", lights=lights(), schemes=totals()),
                    LEAGUES_S,
                ),
                "works": cache.get_or_set(
                    f"works:{the_town().fingerprint}:{language}:{','.join(reach.over)}",
                    lambda: part(
                        "works",
                        **works(reach.over),
                        plants=plants(reach.over),
                        checked=checked(reach.over),
                    ),
                    WORKS_S,
                ),
                "park": cache.get_or_set(
                    f"park:{the_town().fingerprint}:{language}:{','.join(reach.paths)}",
                    lambda: part("park", service=service(reach.paths, reach.cases())),
                    LEAGUES_S,
                ),
                "ticker": part("ticker", lines=figures.ticker(reach)),
            },
            "grids": figures.grids(reach),
        }
