"""The queries a page is opened with: every way to narrow, sort and turn the pages of a list."""

from typing import Any

from walk.samples import Viewer, cases, categories, organisations, places

Ways = list[dict[str, Any]]


def lists(viewer: Viewer) -> Ways:
    """Narrow the list of cases in every way, alone and together."""
    from linli.cases.listing import SORTS
    from linli.cases.models import Source, State
    from linli.cases.waiting import PILES, SIGHTS

    each = {"category": viewer.things(categories), "area": viewer.things(places),
            "organisation": viewer.things(organisations)}  # fmt: skip
    ways: Ways = [{}]
    ways += [{"state": state} for state in ("open", "ended", *State.values)]
    ways += [{"waiting": name} for name in (*PILES, *SIGHTS)]
    ways += [{name: key} for name, keys in each.items() for key in keys]
    ways += [{"source": source} for source in Source.values]
    ways += [{"satisfied": answer} for answer in ("yes", "no", "none")]
    ways += [{"lead": side} for side in ("territorial", "functional")]
    ways += [{name: "on"} for name in ("mine", "overdue", "supervised")]
    ways += [{"since": "2026-01-01"}, {"until": "2025-06-01"}]
    ordered = [
        {}, {"state": "open"}, {"state": "ended"}, {"satisfied": "no"}, {"lead": "functional"},
        {"mine": "on"}, {"overdue": "on"}, {"supervised": "on"}, {"source": "logistics"},
        {"since": "2026-01-01", "until": "2026-02-01"},
        *({name: key} for name, keys in each.items() for key in keys[:1]),
    ]  # fmt: skip
    ways += [{**way, "sort": sort} for way in ordered for sort in SORTS]
    # Rare and common words, parts of words, a phrase, English, a number, nothing that is there.
    words = ("路灯", "垃圾 桥", "“停车位”", "street", "的", "了", "请", "问题", "希望 尽快",
             "飞机场", "26-0")  # fmt: skip
    ways += [{"q": text} for text in words]
    ways += [{"q": text, "sort": sort} for text in ("的", "路灯") for sort in SORTS]
    ways += [{"q": "的", "state": "closed"}, {"q": "路灯", "state": "open", "sort": "due"}]
    ways += [
        {"state": "closed", "lead": "functional", "satisfied": "no", "sort": "oldest"},
        {"source": "hotline", "overdue": "on", "mine": "on"},
    ]
    # Pages far from the first, forwards and backwards.
    marks = ("0-30000", "0-50")
    ways += [{way: mark} for way in ("after", "before") for mark in marks]
    ways += [{"sort": "oldest", "after": "0-30000"}, {"state": "closed", "after": "0-20000"},
             {"mine": "on", "after": "0-10000"}, {"q": "的", "sort": "newest", "after": "0-9000"},
             {"q": "的", "after": "0-400"}, {"sort": "due", "after": "1700000000000000-5"},
             {"sort": "due", "before": "1790000000000000-50000"}]  # fmt: skip
    return ways


def acts(viewer: Viewer) -> Ways:
    """Look through the trail of administrative acts, and through the steps of all cases."""
    from linli.cases.loop import ACTIONS
    from linli.people import audit

    ways: Ways = [{}, {"of": "steps"}]
    ways += [{"action": name} for name in audit.ACTIONS]
    ways += [{"of": "steps", "action": name} for name in ACTIONS]
    for kind in ("acts", "steps"):
        ways += [
            {"of": kind, "person": "officer"},
            {"of": kind, "since": "2026-01-01"},
            {"of": kind, "until": "2025-06-01"},
            {"of": kind, "person": "dispatcher", "action": "rule", "until": "2025-06-01"},
        ]
    ways += [{"of": "steps", "before": "1750000000.000000_200000"}, {"before": "20"}]
    ways += [{"of": "steps", "object": code} for code in viewer.things(cases)[:1]]
    return ways


def leagues(_viewer: Viewer) -> Ways:
    """Open the leagues that the worker keeps, each contest, layer, kind of area and period."""
    from linli.scores.kept import usual

    tables = usual()
    return [
        {"contest": contest, "period": str(period), "layer": layer, "kind": kind, "page": page}
        for contest, period, layer, kind in tables[:: max(1, len(tables) // 12)]
        for page in ("1", "last")
    ]


def reasons(viewer: Viewer) -> Ways:
    return [{"contest": "grids", "unit": viewer.things(places)[0]}]


def figures(viewer: Viewer) -> Ways:
    from linli.scores.leagues import MEASURES

    named = {"contest": "grids", "unit": viewer.things(places)[0]}
    return [{**named, "measure": name} for name, measure in MEASURES.items() if measure.of]


def maps(viewer: Viewer) -> Ways:
    from linli.web.map.measures import MEASURES

    ways: Ways = [{}, {"layer": "service"}]
    ways += [{"measure": name} for name in MEASURES]
    ways += [{"area": code} for code in viewer.things(places)]
    return ways + [{"category": key} for key in viewer.things(categories)]


def here(_viewer: Viewer) -> Ways:
    return [{"lon": "121.02", "lat": "30.7"}]


def people(_viewer: Viewer) -> Ways:
    from linli.people import models

    ways: Ways = [{}, {"q": "王"}, {"q": "街道"}, {"state": "never"}, {"state": "closed"}]
    return ways + [{"role": name} for name in models.Role.values] + [{"page": "last"}]


def areas(_viewer: Viewer) -> Ways:
    from linli.people.listing import GAPS

    ways: Ways = [{}, {"layer": "service"}, {"q": "村"}, {"page": "last"}]
    return ways + [{"lacking": name} for name in GAPS]


def searched(_viewer: Viewer) -> Ways:
    return [{}, {"q": "镇"}, {"q": "a"}, {"page": "last"}]


def rulings(viewer: Viewer) -> Ways:
    return [*searched(viewer), {"state": "in-force"}, {"state": "withdrawn"}]


def months(_viewer: Viewer) -> Ways:
    from linli.clock import now
    from linli.scores.periods import local_day, month_of, shifted

    month = month_of(local_day(now()))
    return [{}, *({"month": str(shifted(month, -n))} for n in range(6)), {"page": "last"}]


def queues(_viewer: Viewer) -> Ways:
    from linli.cases.desk import QUEUES

    return [{}, *({"queue": name} for name in QUEUES)]


def kinds(_viewer: Viewer) -> Ways:
    """What a steward may make of a matter."""
    from linli.stewards.desk import KINDS

    return [{"kind": kind} for kind in KINDS]


def cards(_viewer: Viewer) -> Ways:
    return [{}, {"after": "30000"}]


def turned(_viewer: Viewer) -> Ways:
    return [{}, {"page": "last"}]


def exported(_viewer: Viewer) -> Ways:
    return [{"state": "open"}, {"q": "的"}]


def scored(_viewer: Viewer) -> Ways:
    """A scoring scheme of the whole town, this year, and of an area; figures that are tried."""
    from linli.clock import now
    from linli.places.models import Area

    towns = Area.objects.filter(parent__parent=None, is_grid=False, retired=False)
    below = towns.exclude(parent=None).order_by("code").values_list("code", flat=True)[:2]
    ways: Ways = [{}, {"period": str(now().year)}, {"v-sewage": "95", "v-care": "14"}]
    return ways + [{"area": code} for code in below]


def parts(_viewer: Viewer) -> Ways:
    """The newest parts of a station, those that wait, its charts over longer."""
    return [{}, {"span": "month"}, {"judged": "waiting"}, {"verdict": "flawed"}, {"lot": "L1"}]
