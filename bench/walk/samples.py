"""What pages are opened for: things of the town that one role may see.

A sample is a function of a `Viewer`; `table.PAGES` names it for a part of an address. `some` makes
one out of the name of a model, which is all that most pages need.
"""

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from django.apps import apps


@dataclass
class Viewer:
    """One role, what it may see, and what was already chosen for it."""

    name: str
    sight: Any
    _chosen: dict[Any, list] = field(default_factory=dict)

    def things(self, of: Any) -> list:
        """Return what a part of an address may be: a list as it stands, or a sample of it."""
        if not callable(of):
            return list(of)
        if of not in self._chosen:
            self._chosen[of] = of(self)
        return self._chosen[of]


Sample = Callable[[Viewer], list]


def some(model: str, what: str = "pk", n: int = 2, step: int = 1, **only: Any) -> Sample:
    """Choose the newest `n` rows of a model that the role sees, every `step`-th of them."""

    def newest(viewer: Viewer) -> list:
        rows = viewer.sight.of(apps.get_model(model)).filter(**only).order_by("-pk")
        return list(rows.values_list(what, flat=True)[: n * step : step])

    return newest


def cases(viewer: Viewer) -> list:
    """Choose a case in each state."""
    from linli.cases.models import Case, State

    seen = viewer.sight.of(Case)
    newest = [seen.filter(state=state).order_by("-id").first() for state in State.values]
    return [case.code for case in newest if case]


def waiting(viewer: Viewer) -> list:
    """Choose cases that wait to be triaged."""
    from linli.cases.models import Case
    from linli.cases.waiting import PILES

    pile = viewer.sight.of(Case).filter(PILES["triage"].of(viewer.sight)).order_by("-id")
    return [case.code for case in pile[:2]]


def categories(_viewer: Viewer) -> list:
    from linli.cases.models import Category

    return list(Category.objects.filter(retired=False).values_list("pk", flat=True)[:40:13])


def organisations(_viewer: Viewer) -> list:
    from linli.people.models import Organisation

    rows = Organisation.objects.filter(retired=False).order_by("-pk")
    return list(rows.values_list("pk", flat=True)[:2])


def places(_viewer: Viewer) -> list:
    """Choose a grid of each layer, and the areas above."""
    from linli.places.models import Area

    grids = Area.objects.filter(is_grid=True, retired=False)
    above = Area.objects.filter(is_grid=False).order_by("path")
    found = [grids.filter(layer=layer).first() for layer in ("community", "service")]
    return [area.code for area in (*found, *above[:2]) if area]


def receipts(_viewer: Viewer) -> list:
    from linli.cases.models import Report

    return list(Report.objects.values_list("receipt", flat=True)[:2])


def usernames(viewer: Viewer) -> list:
    return [viewer.name, "officer"]


def drafts(viewer: Viewer) -> list:
    from linli.packs.models import TownVersion

    rows = TownVersion.objects.filter(number=None, by=viewer.sight.user.pk)
    return list(rows.values_list("pk", flat=True)[:1])


def answered(_viewer: Viewer) -> list:
    """Choose photos of answers that a receipt shows to people without an account."""
    from linli.cases.models import Evidence, Report
    from linli.cases.pictures import is_picture
    from linli.cases.timeline import ANSWERS

    rows = Evidence.objects.filter(action__in=ANSWERS).order_by("-pk")[:50]
    answers = [row for row in rows if is_picture(row)][:2]
    codes = dict(
        Report.objects.filter(case__in=[row.case_id for row in answers])
        .values_list("case_id", "receipt")
    )  # fmt: skip
    return [{"receipt": codes[row.case_id], "pk": row.pk} for row in answers]


def toured(_viewer: Viewer) -> list:
    """Choose photos that the tour shows."""
    from linli.cases.models import Evidence
    from linli.cases.pictures import is_picture
    from linli.web.tour import told_case

    shown = Evidence.objects.filter(case=told_case())
    return [row.pk for row in shown if is_picture(row)][:2]


def to_rate(viewer: Viewer) -> list:
    """Choose what a person may rate, or has rated: the parts of the address of its page."""
    from linli.clock import now
    from linli.scores import together
    from linli.scores.periods import local_day, month_of, shifted

    if not viewer.sight.user.is_authenticated:
        return []
    month = shifted(month_of(local_day(now())), -1)
    return [
        {"month": str(month), "side": one.side, "grid": one.grid.code,
         "organisation": one.organisation.code}
        for one in together.to_rate(viewer.sight.user, month)[:3]
    ]  # fmt: skip


def proved(viewer: Viewer) -> list:
    """Choose milestones that a file shows to be reached."""
    from linli.programmes.models import Milestone

    rows = viewer.sight.of(Milestone).exclude(file="")
    return list(rows.values_list("pk", flat=True)[:2])


def items(viewer: Viewer) -> list:
    """Choose the items of scoring schemes that give points: the parts of an address."""
    from linli.indicators.schemes.models import Scheme

    return [
        {"code": scheme.code, "item": item.code}
        for scheme in viewer.sight.of(Scheme)
        for item in scheme.told.item
        if item.points
    ]


def compared(viewer: Viewer) -> list:
    """Choose photos of cases, one of how it was found and one of what it looks like since."""
    from linli.cases.models import Case, Evidence
    from linli.cases.photos import before_and_after
    from linli.cases.timeline import tell
    from linli.cases.visibility import in_office

    seen = viewer.sight.of(Case)
    photographed = Evidence.objects.filter(action="resolve").order_by("-pk")[:40]
    found = []
    for case in seen.filter(pk__in=[row.case_id for row in photographed]):
        official = seen.filter(in_office(viewer.sight), pk=case.pk).exists()
        photos = before_and_after(case, tell(case, viewer.sight, official), official)
        if photos.before and photos.after:
            first, last = photos.before[0].file.pk, photos.after[-1].file.pk
            found.append({"code": case.code, "before": first, "after": last})
        if len(found) == 2:
            break
    return found


def mended(viewer: Viewer) -> list:
    """Choose cases with such photos, and others."""
    return [*(one["code"] for one in viewer.things(compared)), *viewer.things(cases)[:2]]


def learnt(viewer: Viewer) -> list:
    """Choose good pictures that stations learnt from."""
    from linli.assets.inspection import pictures
    from linli.assets.inspection.models import Station

    found = []
    for code in viewer.sight.of(Station).values_list("code", flat=True):
        kept = sorted((pictures.home() / "samples" / code / "good").glob("*.*"))
        found += [{"station": code, "name": one.name} for one in kept[:2]]
    return found
