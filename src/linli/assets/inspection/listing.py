"""Lists of parts: what narrows them, and a page at a time from where the last one ended.

A page never counts: figures come from the hours. It begins at a mark (the moment and the key of a
part), which an index finds at once however many parts there are.
"""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any

from django import forms
from django.db.models import Exists, OuterRef, Q, QuerySet
from django.http import QueryDict
from django.utils.timezone import get_current_timezone
from django.utils.translation import gettext_lazy as _

from linli.assets.inspection.models import (
    FLAWED,
    FOUND,
    MISSED,
    Flaw,
    FlawKind,
    Inspection,
    Verdict,
)

A_PAGE = 24
EVERY = ("", _("All"))
Judgement = Inspection.Judgement
JUDGED = {
    "no": Q(judgement=Judgement.NONE),
    # By the time of it: an index keeps those alone, which are one in a hundred.
    "yes": Q(judged_at__isnull=False),
    "overruled": Q(judgement=Judgement.OVERRULED),
    "waiting": Q(judgement=Judgement.NONE, verdict=Verdict.FLAWED),
}


def moment(text: str) -> datetime | None:
    """Read a moment of a query; without a zone it is the town's."""
    try:
        found = datetime.fromisoformat(text.replace(" ", "+"))
        return found if found.tzinfo else found.replace(tzinfo=get_current_timezone())
    except (ValueError, OverflowError):
        return None


class MomentField(forms.CharField):
    """A moment, as a browser sends it or as links on our pages carry it."""

    widget = forms.DateTimeInput({"type": "datetime-local"}, format="%Y-%m-%dT%H:%M")

    def clean(self, value: Any) -> Any:
        """Return the moment, or nothing where it is none."""
        return moment(super().clean(value)) if value else None


class Filters(forms.Form):
    """What narrows a list of parts; what was mistyped narrows nothing."""

    verdict = forms.ChoiceField(
        required=False, label=_("Verdict"), choices=[EVERY, *Verdict.choices]
    )
    judged = forms.ChoiceField(
        required=False, label=_("Judged"),
        choices=[EVERY, ("waiting", _("Flawed, to judge")), ("no", _("Not judged")),
                 ("yes", _("Judged")), ("overruled", _("Overruled"))],
    )  # fmt: skip
    kind = forms.ChoiceField(required=False, label=_("Kind of flaw"))
    lot = forms.CharField(required=False, max_length=60, label=_("Lot"))
    serial = forms.CharField(required=False, max_length=60, label=_("Serial number"))
    since = MomentField(required=False, max_length=40, label=_("From"))
    until = MomentField(required=False, max_length=40, label=_("Until"))

    def __init__(self, data: Any = None) -> None:
        super().__init__(data, auto_id="filter-%s")
        kinds = [(row.code, str(row)) for row in FlawKind.objects.filter(retired=False)]
        field = self.fields["kind"]
        assert isinstance(field, forms.ChoiceField)
        field.choices = [EVERY, *kinds, ("-", _("No kind yet"))]

    @property
    def chosen(self) -> dict[str, Any]:
        """The filters that are set and valid."""
        self.is_valid()
        return {k: v for k, v in self.cleaned_data.items() if v not in (None, "")}


def _kind(code: str) -> Q:
    return FLAWED & Q(pk__in=Flaw.objects.filter(kind__code=code).values("inspection"))


def unnamed(parts: QuerySet[Inspection]) -> QuerySet[Inspection]:
    """Return the flawed parts of which no flaw has a kind.

    Those the machine found and those it missed are asked for apart: an index leads to each of the
    two, and to neither where they stand in one condition.
    """
    named = Flaw.objects.filter(inspection=OuterRef("pk"), kind__isnull=False)
    sides = [parts.filter(~Exists(named), side).order_by().values("pk") for side in (FOUND, MISSED)]
    return parts.filter(pk__in=sides[0].union(sides[1], all=True))


NARROW: dict[str, Callable[[Any], Q]] = {
    "verdict": lambda verdict: Q(verdict=verdict),
    "judged": lambda name: JUDGED[name],
    "kind": _kind,
    "lot": lambda code: Q(lot__code=code),
    "serial": lambda serial: Q(serial=serial),
    "since": lambda at: Q(at__gte=at),
    "until": lambda at: Q(at__lt=at),
}


def narrowed(parts: QuerySet[Inspection], chosen: dict[str, Any]) -> QuerySet[Inspection]:
    """Apply filters to parts."""
    if chosen.get("kind") == "-":
        parts, chosen = unnamed(parts), chosen | {"kind": None}
    for name, meaning in NARROW.items():
        if chosen.get(name) is not None:
            parts = parts.filter(meaning(chosen[name]))
    return parts


@dataclass
class Page:
    """One page of parts, the newest first; `before` and `after` are where its neighbours begin."""

    parts: list[Inspection] = field(default_factory=list)
    before: str = ""
    after: str = ""


def mark(part: Inspection) -> str:
    """Write where a part stands among others."""
    return f"{(part.at - datetime.fromtimestamp(0, UTC)) // timedelta(microseconds=1)}-{part.pk}"


def read_mark(text: str) -> tuple[datetime, int] | None:
    """Read where a page begins; None if it is no such mark."""
    moment, _dash, key = text.partition("-")
    if not (moment.isascii() and moment.isdigit() and key.isascii() and key.isdigit()):
        return None
    if len(moment) > 17 or len(key) > 12:
        return None
    return datetime.fromtimestamp(0, UTC) + timedelta(microseconds=int(moment)), int(key)


def beyond(mark: tuple[datetime, int], newer: bool) -> Q:
    """Return what lies past a mark; the first condition alone lets an index be used."""
    at, key = mark
    way = "gt" if newer else "lt"
    return Q(**{f"at__{way}e": at}) & (Q(**{f"at__{way}": at}) | Q(**{f"pk__{way}": key}))


def in_brief(parts: QuerySet[Inspection]) -> QuerySet[Inspection]:
    """Read with each part what a picture of it says."""
    return parts.select_related("lot").prefetch_related("flaws__kind").defer("likes")


def page_of(parts: QuerySet[Inspection], before: str = "", after: str = "") -> Page:
    """Return the page of parts newer than one mark, or older than another."""
    newer = read_mark(before)
    at = newer or read_mark(after)
    ordered = parts.order_by("at", "pk") if newer else parts.order_by("-at", "-pk")
    if at is not None:
        ordered = ordered.filter(beyond(at, newer is not None))
    found = list(in_brief(ordered)[: A_PAGE + 1])
    has_more = len(found) > A_PAGE
    found = found[:A_PAGE]
    if newer:
        found.reverse()
    page = Page(found)
    if found:
        page.before = mark(found[0]) if (has_more if newer else at is not None) else ""
        page.after = mark(found[-1]) if newer or has_more else ""
    return page


def bare(query: QueryDict) -> QueryDict:
    """Return the filters of a query without anything else, and without empty ones."""
    kept = QueryDict(mutable=True)
    for name in Filters.base_fields:
        if value := query.get(name):
            kept[name] = value
    return kept
