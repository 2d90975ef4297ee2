"""The list of cases: what narrows it, how it is ordered, and one page of it at a time.

However many cases there are, a page costs what it shows: it starts where the last one ended
(keyset) instead of counting to there, and a figure that nobody would read to its end is
given as "1,000+".
"""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, timedelta
from typing import Any

from django import forms
from django.db.models import Q, QuerySet
from django.http import QueryDict
from django.utils.functional import Promise
from django.utils.timezone import get_current_timezone
from django.utils.translation import gettext_lazy as _

from linli.cases import search, waiting
from linli.cases.forms import AreaField, Select, categories, organisations_offered
from linli.cases.models import ENDED, OPEN, Assignment, Case, SavedFilter, Source, State
from linli.people.models import Side
from linli.people.scope import Scope, visible
from linli.places.models import SERVICE, Area

A_PAGE = 50
COUNTED = 1000  # more are not counted
HEAVY = [f"{name}__wkb" for name in ("area", "community_grid", "service_grid")]
EVERY = ("", _("All"))


def in_brief(cases: QuerySet[Case], body: bool = False) -> QuerySet[Case]:
    """Read with each case what a line about it says; shapes and sketches are large."""
    heavy = ["sketch", "suggestions", *HEAVY, "territorial__area", "functional__area"]
    return cases.select_related(
        "category", "area", "community_grid", "service_grid", "territorial", "functional"
    ).defer(*heavy, *([] if body else ["body"]))


def read(keys: list[int], body: bool = False) -> list[Case]:
    """Read cases in brief, in the order of their keys; the caller has asked who may see them."""
    rows = in_brief(Case.objects.filter(pk__in=keys).order_by(), body)
    by_key = {case.pk: case for case in rows}
    return [by_key[key] for key in keys if key in by_key]


# --- narrowing -------------------------------------------------------------------------------


def _day(label: Any) -> forms.Field:
    return forms.DateField(
        required=False, label=label, widget=forms.DateInput({"type": "date"}, format="%Y-%m-%d")
    )


def _choice(label: Any) -> forms.ChoiceField:
    return forms.ChoiceField(required=False, label=label, widget=Select)


class Filters(forms.Form):
    """What narrows and orders the list of cases; what was mistyped narrows nothing."""

    q = forms.CharField(
        required=False, max_length=200, label=_("Search"),
        widget=forms.TextInput({"type": "search", "autocomplete": "off"}),
    )  # fmt: skip
    state = _choice(_("State"))
    waiting = _choice(_("Waiting for"))
    category = _choice(_("Category"))
    area = AreaField("wide", required=False, label=_("Place"))
    organisation = _choice(_("Organisation"))
    lead = _choice(_("Leading side"))
    source = _choice(_("Found by"))
    satisfied = _choice(_("Satisfaction"))
    since = _day(_("Reported from"))
    until = _day(_("Reported until"))
    sort = _choice(_("Order"))
    overdue = forms.BooleanField(required=False, label=_("Overdue"))
    supervised = forms.BooleanField(required=False, label=_("Under supervision"))
    mine = forms.BooleanField(required=False, label=_("Mine"))

    def __init__(self, sight: Scope, data: Any = None) -> None:
        super().__init__(data, auto_id="filter-%s")
        piles = waiting.PILES | waiting.SIGHTS
        choices: dict[str, list] = {
            "state": [EVERY, ("open", _("All open")), ("ended", _("Ended")), *State.choices],
            "waiting": [EVERY, *((name, pile.label) for name, pile in piles.items())],
            "category": [EVERY, *categories()],
            "organisation": [EVERY, *organisations_offered(sight)],
            "lead": [EVERY, *Side.choices[:2]],
            "source": [EVERY, *Source.choices],
            "satisfied": [EVERY, ("yes", _("Satisfied")), ("no", _("Not satisfied")),
                          ("none", _("Not rated"))],
            "sort": [("", _("As usual")), *((name, sort.label) for name, sort in SORTS.items())],
        }  # fmt: skip
        for name, options in choices.items():
            self.fields[name].choices = options  # type: ignore[attr-defined]

    @property
    def chosen(self) -> dict[str, Any]:
        """The filters that are set and valid."""
        self.is_valid()
        return {k: v for k, v in self.cleaned_data.items() if v not in (None, "", False)}


def _start(day: date) -> datetime:
    return datetime.combine(day, time.min, tzinfo=get_current_timezone())


def _of_organisation(key: int) -> Q:
    joined = Assignment.objects.filter(organisation=key, side=Side.JOINT, active=True)
    return (
        Q(territorial=key) | Q(functional=key) | Q(pk__in=joined.order_by().values("case"))
    )  # fmt: skip


def _in_area(area: Area) -> Q:
    if area.layer == SERVICE:
        return Q(service_grid=area)
    below = Area.objects.filter(path__startswith=area.path)
    return Q(area__in=below.order_by().values("pk"))


SATISFIED = {"yes": Q(satisfied=True), "no": Q(satisfied=False), "none": Q(satisfied=None)}
STATES = {"open": OPEN, "ended": ENDED}
# What each filter means, given its value and the scope of the person.
NARROW: dict[str, Callable[[Any, Scope], Q]] = {
    "q": lambda text, sight: search.find(text),
    "state": lambda state, sight: Q(state__in=STATES.get(state, [state])),
    "waiting": lambda name, sight: pile.of(sight) if (pile := waiting.pile(name)) else Q(),
    "category": lambda key, sight: Q(category=key) | Q(category__parent=key),
    "area": lambda area, sight: _in_area(area),
    "organisation": lambda key, sight: _of_organisation(int(key)),
    "lead": lambda side, sight: Q(lead_side=side),
    "source": lambda source, sight: Q(source=source),
    "satisfied": lambda answer, sight: SATISFIED[answer],
    "since": lambda day, sight: Q(reported_at__gte=_start(day)),
    "until": lambda day, sight: Q(reported_at__lt=_start(day + timedelta(days=1))),
    "overdue": lambda wanted, sight: waiting.is_overdue(),
    "supervised": lambda wanted, sight: Q(supervised=True),
    "mine": lambda wanted, sight: waiting.concerns(sight),
}


def narrowed(cases: QuerySet[Case], chosen: dict[str, Any], sight: Scope) -> QuerySet[Case]:
    """Apply the filters of the list."""
    for name, meaning in NARROW.items():
        if name in chosen:
            cases = cases.filter(meaning(chosen[name], sight))
    return cases


# --- ordering and paging ---------------------------------------------------------------------


@dataclass(frozen=True)
class Sort:
    """An order of the list: by the moment it is due or by number, forwards or backwards."""

    label: str | Promise
    by_due: bool = False
    backwards: bool = False

    def order(self, cases: QuerySet[Case], reverse: bool = False) -> QuerySet[Case]:
        sign = "-" if self.backwards != reverse else ""
        return cases.order_by(*([f"{sign}due_at"] if self.by_due else []), f"{sign}id")

    def beyond(self, mark: tuple[int, int], reverse: bool = False) -> Q:
        """Return what lies past a mark; the first condition alone lets an index be used."""
        way = "lt" if self.backwards != reverse else "gt"
        moment, key = mark
        if not self.by_due:
            return Q(**{f"id__{way}": key})
        at = datetime.fromtimestamp(0, UTC) + timedelta(microseconds=moment)
        later = Q(**{f"due_at__{way}": at}) | Q(**{f"id__{way}": key})
        return Q(**{f"due_at__{way}e": at}) & later


SORTS = {
    "newest": Sort(_("Newest first"), backwards=True),
    "oldest": Sort(_("Oldest first")),
    "due": Sort(_("Due first"), by_due=True),
    "best": Sort(_("Best match first")),
}


def usual(chosen: dict[str, Any]) -> str:
    """Return the order that fits what is asked for."""
    if "q" in chosen:
        return "best"
    return "due" if "waiting" in chosen or "overdue" in chosen else "newest"


@dataclass
class Page:
    """One page of the list; `before` and `after` are where its neighbours begin, if any."""

    cases: list[Case] = field(default_factory=list)
    before: str = ""
    after: str = ""
    count: int = 0

    @property
    def is_capped(self) -> bool:
        return self.count > COUNTED


def _marks(text: str) -> tuple[int, int] | None:
    """Read where a page begins: microseconds and key; None if it is no such mark."""
    moment, _dash, key = text.partition("-")
    if not (key.isascii() and key.isdigit() and moment.isascii() and moment.isdigit()):
        return None
    return (int(moment), int(key)) if len(key) < 13 and len(moment) < 17 else None


def count(cases: QuerySet[Case]) -> int:
    """Count cases, but not beyond `COUNTED` + 1."""
    return cases.order_by()[: COUNTED + 1].count()


def page_of(cases: QuerySet[Case], chosen: dict[str, Any], before: str, after: str) -> Page:
    """Return the page of `cases` that ends before or begins after a mark."""
    name = chosen.get("sort") or usual(chosen)
    if name == "best" and "q" in chosen:
        return _best(cases, chosen["q"], before, after)
    sort = SORTS[name]
    back = _marks(before)
    mark = back or _marks(after)
    wanted = sort.order(cases, reverse=back is not None)
    if mark is not None:
        wanted = wanted.filter(sort.beyond(mark, reverse=back is not None))
    found = list(wanted.values_list("pk", "due_at")[: A_PAGE + 1])
    has_more = len(found) > A_PAGE
    found = found[:A_PAGE]
    if back is not None:
        found.reverse()
    page = Page(read([key for key, _due in found], body="q" in chosen), count=count(cases))
    if found:
        has_before = has_more if back is not None else mark is not None
        page.before = _mark(found[0]) if has_before else ""
        page.after = _mark(found[-1]) if back is not None or has_more else ""
    return page


def _mark(row: tuple[int, datetime | None]) -> str:
    key, moment = row
    since = moment - datetime.fromtimestamp(0, UTC) if moment else timedelta(0)
    return f"{since // timedelta(microseconds=1)}-{key}"


def _best(cases: QuerySet[Case], text: str, before: str, after: str) -> Page:
    """Return a page of the best; there are few enough of them to count their places."""
    keys = search.ranked(cases, text)
    back, mark = _marks(before), _marks(after)
    start = max(back[1] - A_PAGE, 0) if back else mark[1] if mark else 0
    end = start + A_PAGE
    page = Page(read(keys[start:end], body=True), count=count(cases))
    page.before = f"0-{start}" if start else ""
    page.after = f"0-{end}" if end < len(keys) else ""
    return page


# --- what is chosen, and what is kept --------------------------------------------------------


@dataclass(frozen=True)
class Chip:
    """A filter that is set, in words, and the query without it."""

    label: str
    value: str
    without: str


def _told(value: Any, options: Any) -> str:
    """Return the label of a choice; groups hold theirs one deeper."""
    for key, label in options:
        if isinstance(label, list | tuple):
            if found := _told(value, label):
                return found
        elif str(key) == str(value):
            return str(label)
    return ""


def chips(filters: Filters, query: QueryDict) -> Iterator[Chip]:
    """Say each filter that is set, and how the list looks without it."""
    for name, value in filters.chosen.items():
        rest = query.copy()
        rest.pop(name, None)
        bound = filters.fields[name]
        told = "" if value is True else str(value)
        if isinstance(bound, forms.ChoiceField):
            told = _told(value, bound.choices)
        yield Chip(str(bound.label), told, rest.urlencode())


def bare(query: QueryDict) -> QueryDict:
    """Return the filters of a query without anything else, and without empty ones."""
    kept = QueryDict(mutable=True)
    for name in Filters.base_fields:
        if value := query.get(name):
            kept[name] = value
    return kept


@visible(SavedFilter)
def _filters(scope: Scope) -> Q:
    return Q(owner=scope.user.pk)


def keep(sight: Scope, name: str, query: str) -> SavedFilter:
    """Keep a way of narrowing under a name; the same name replaces what it stood for."""
    chosen = bare(QueryDict(query)).urlencode()[:1000]
    saved, _new = SavedFilter.objects.update_or_create(
        owner_id=sight.user.pk, name=name, defaults={"query": chosen}
    )
    return saved


def asked(scope: Scope, query: Mapping[str, Any]) -> QuerySet[Case]:
    """Return all cases that the list shows with this query, in its order."""
    chosen = Filters(scope, query).chosen
    cases = narrowed(scope.of(Case), chosen, scope)
    name = chosen.get("sort") or usual(chosen)
    # By how well they fit only a page is ordered; all of them together come newest first.
    return SORTS["newest" if name == "best" else name].order(cases)
