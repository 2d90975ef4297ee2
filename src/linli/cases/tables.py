"""What cases, reports, categories, rulings and notices look like from outside."""

from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import Any

from django.db.models import Q, QuerySet
from django.utils.translation import gettext_lazy as _

from linli.cases import desk, listing, rulings, search, trail, waiting
from linli.cases.forms import number_of
from linli.cases.models import (
    ENDED,
    OPEN,
    Case,
    Category,
    Event,
    Notice,
    Report,
    Ruling,
    SavedFilter,
    Source,
    State,
    Triage,
)
from linli.cases.timeline import done
from linli.cases.writing import GIVEN, WRITER
from linli.people.models import Role, Side
from linli.people.scope import Scope
from linli.people.tables import works_here
from linli.places.atlas import atlas
from linli.places.models import SERVICE, Area
from linli.tables import Column, Kind, Table, declare, present

SIDES = tuple(Side.choices[:2])


def case_of(code: str) -> Q:
    """Return the filter for the case people quote as `code`."""
    number = number_of(code)
    return Q(pk__in=[]) if number is None else Q(pk=number)


def area_code(key: int | None) -> str | None:
    """Return the code of an area of the town by its key."""
    area = atlas().areas.get(key) if key else None
    return area.code if area else None


def _area(link: str) -> Callable[[Any], str | None]:
    return lambda row: area_code(getattr(row, f"{link}_id"))


def _lies_in(scope: Scope, code: str) -> Q:
    area = atlas().by_code.get(code)
    if area is None:
        return Q(pk__in=[])
    if area.layer == SERVICE:
        return Q(service_grid=area.pk)
    below = Area.objects.filter(path__startswith=area.path)
    return Q(area__in=below.order_by().values("pk"))


def _of_category(scope: Scope, code: str) -> Q:
    return Q(category__code=code) | Q(category__parent__code=code)


def _open(scope: Scope, wanted: bool) -> Q:
    return Q(state__in=OPEN if wanted else ENDED)


def _on_pile(scope: Scope, name: str) -> Q:
    pile = waiting.pile(name)
    return pile.of(scope) if pile else Q(pk__in=[])


def _overdue(scope: Scope, wanted: bool) -> Q:
    return waiting.is_overdue() if wanted else ~waiting.is_overdue()


def _mine(scope: Scope, wanted: bool) -> Q:
    return waiting.concerns(scope) if wanted else ~waiting.concerns(scope)


PILES = tuple((name, pile.label) for name, pile in (waiting.PILES | waiting.SIGHTS).items())

CASES = declare(
    Table(
        "cases",
        _("Cases"),
        Case,
        "code",
        (
            Column("code", _("Number"), path="pk", sorts=True, read=lambda row: row.code),
            Column("state", _("State"), Kind.CHOICE, filters=True,
                   choices=tuple(State.choices)),
            Column("title", _("Title"), writable=True, required=True,
                   aliases=("subject", "标题", "主题", "留言主题")),
            Column("body", _("Description"), alone=True, writable=True,
                   aliases=("description", "内容", "描述", "留言详情")),
            Column("source", _("Source"), Kind.CHOICE, choices=tuple(Source.choices),
                   filters=True, writable=True, aliases=("来源",)),
            Column("triage", _("Kind of matter"), Kind.CHOICE, choices=tuple(Triage.choices),
                   filters=True),
            Column("category", _("Category"), Kind.KEY, path="category__code", of="categories",
                   filters=True, writable=True, aliases=("类别", "category"),
                   where=_of_category),
            Column("area", _("Place"), Kind.KEY, path="area__code", of="areas", filters=True,
                   writable=True, aliases=("区域编码", "area"), read=_area("area"),
                   where=_lies_in),
            Column("community_grid", _("Community grid"), Kind.KEY, path="community_grid__code",
                   of="areas", filters=True, read=_area("community_grid")),
            Column("service_grid", _("Service grid"), Kind.KEY, path="service_grid__code",
                   of="areas", filters=True, read=_area("service_grid")),
            Column("lon", _("Longitude"), Kind.NUMBER, writable=True,
                   aliases=("longitude", "经度")),
            Column("lat", _("Latitude"), Kind.NUMBER, writable=True,
                   aliases=("latitude", "纬度")),
            Column("territorial", _("Territorial"), Kind.KEY, path="territorial__code",
                   of="organisations", filters=True),
            Column("functional", _("Functional"), Kind.KEY, path="functional__code",
                   of="organisations", filters=True),
            Column("lead_side", _("Leading side"), Kind.CHOICE, choices=SIDES, filters=True),
            Column("reported_at", _("Reported"), Kind.MOMENT, filters=True, sorts=True),
            Column("dispatched_at", _("Dispatched"), Kind.MOMENT),
            Column("accepted_at", _("Accepted"), Kind.MOMENT),
            Column("resolved_at", _("Resolved"), Kind.MOMENT),
            Column("verified_at", _("Verified"), Kind.MOMENT),
            Column("ended_at", _("Ended"), Kind.MOMENT),
            Column("accept_due", _("Accept by"), Kind.MOMENT),
            Column("resolve_due", _("Resolve by"), Kind.MOMENT, filters=True),
            Column("due", _("Due next"), Kind.MOMENT, path="due_at", filters=True, sorts=True),
            Column("overdue_at", _("Overdue since"), Kind.MOMENT),
            Column("supervised", _("Under supervision"), Kind.FLAG, filters=True),
            Column("reopenings", _("Sent back"), Kind.WHOLE),
            Column("satisfied", _("Satisfied"), Kind.FLAG, filters=True),
            Column("merged_into", _("Merged into case"), Kind.KEY, path="merged_into",
                   of="cases", read=lambda row: row.merged_into and row.merged_into.code),
            Column("open", _("All open"), Kind.FLAG, filters=True, shown=False, where=_open),
            Column("overdue", _("Overdue"), Kind.FLAG, filters=True, shown=False,
                   where=_overdue),
            Column("mine", _("Mine"), Kind.FLAG, filters=True, shown=False, where=_mine),
            Column("waiting", _("Waiting for"), Kind.CHOICE, choices=PILES, filters=True,
                   shown=False, where=_on_pile),
            *GIVEN,
        ),
        find=case_of,
        search=search.find,
        related=("category", "territorial", "functional", "merged_into"),
        deferred=("sketch", "suggestions", "merged_into__sketch", "merged_into__body",
                  "merged_into__suggestions"),
        order=("-id",),
        writer=WRITER,
        narrow=listing.asked,
    )
)  # fmt: skip


REPORTS = declare(
    Table(
        "reports",
        _("Reports"),
        Report,
        "id",
        (
            Column("id", _("Number"), Kind.WHOLE, sorts=True),
            Column("case", _("Case"), Kind.KEY, path="case_id", of="cases", filters=True,
                   read=lambda row: row.case.code,
                   where=lambda scope, code: Q(case=number_of(code) or 0)),
            Column("source", _("Source"), Kind.CHOICE, choices=tuple(Source.choices),
                   filters=True),
            Column("external_id", _("The sender's number"), filters=True),
            Column("title", _("Title")),
            Column("body", _("Description"), alone=True),
            Column("created", _("Told"), Kind.MOMENT),
            Column("likes", _("Likes"), Kind.WHOLE),
        ),
        related=("case",),
        deferred=("case__sketch", "case__body", "case__suggestions"),
        order=("-id",),
        help=_("Who told it stands in none of the columns: that is looked at case by case."),
    )
)  # fmt: skip
CATEGORIES = declare(
    Table(
        "categories",
        _("Categories"),
        Category,
        "code",
        (
            Column("code", _("Code"), filters=True, sorts=True),
            Column("name", _("Name")),
            Column("name_en", _("English name")),
            Column("parent", _("Belongs to"), Kind.KEY, path="parent__code", of="categories",
                   filters=True),
            Column("pack", _("Pack"), filters=True),
            Column("standard", _("Standard")),
            Column("function", _("Function"), filters=True),
            Column("lead_side", _("Leading side"), Kind.CHOICE, choices=SIDES, filters=True),
            Column("accept_hours", _("Working hours to accept"), Kind.NUMBER),
            Column("resolve_hours", _("Working hours to resolve"), Kind.NUMBER),
            Column("evaluation_days", _("Days to rate"), Kind.WHOLE),
            Column("evidence", _("Evidence asked for"), Kind.LIST),
            Column("triage", _("Kind of matter"), Kind.CHOICE, choices=tuple(Triage.choices),
                   filters=True),
        ),
        words=("name", "name_en", "code"),
        related=("parent",),
        order=("code",),
        help=_("Comes from the packs of the town; change it there."),
    )
)  # fmt: skip
RULINGS = declare(
    Table(
        "rulings",
        _("Rulings"),
        Ruling,
        "id",
        (
            Column("id", _("Number"), Kind.WHOLE, sorts=True),
            Column("category", _("Category"), Kind.KEY, path="category__code", of="categories",
                   filters=True),
            Column("grid", _("Grid"), Kind.KEY, path="grid__code", of="areas", filters=True,
                   read=lambda row: area_code(row.grid_id)),
            Column("side", _("Side"), Kind.CHOICE, choices=SIDES, filters=True),
            Column("organisation", _("Organisation"), Kind.KEY, path="organisation__code",
                   of="organisations", filters=True),
            Column("reason", _("Reason")),
            Column("at", _("When"), Kind.MOMENT, path="event__at"),
            Column("case", _("Case"), Kind.KEY, path="event__case", of="cases",
                   read=lambda row: row.event.case.code),
            Column("withdrawn", _("Withdrawn"), Kind.FLAG, filters=True),
        ),
        may_list=works_here,
        related=("category", "organisation", "event__case"),
        deferred=("event__case__sketch", "event__case__body", "event__case__suggestions"),
        order=("-id",),
        narrow=rulings.asked,
    )
)  # fmt: skip
declare(
    Table(
        "notices",
        _("Notices"),
        Notice,
        "id",
        (
            Column("id", _("Number"), Kind.WHOLE, sorts=True),
            Column("case", _("Case"), Kind.KEY, path="case_id", of="cases",
                   read=lambda row: row.case.code),
            Column("action", _("Step"), filters=True),
            Column("at", _("When"), Kind.MOMENT),
            Column("read_at", _("Read"), Kind.MOMENT),
            Column("unread", _("Unread"), Kind.FLAG, filters=True, shown=False,
                   where=lambda scope, wanted: Q(read_at__isnull=wanted)),
        ),
        related=("case",),
        deferred=("case__sketch", "case__body", "case__suggestions"),
        order=("-id",),
        help=_("What happened that concerns you; nobody sees those of others."),
    )
)  # fmt: skip
FILTERS = declare(
    Table(
        "filters",
        _("Saved filters"),
        SavedFilter,
        "id",
        (
            Column("id", _("Number"), Kind.WHOLE),
            Column("name", _("Name"), sorts=True),
            Column("query", _("Filter"), help=_("As it stands in the address of the list.")),
        ),
        order=("name",),
        help=_("Everybody's own; nobody sees those of others."),
    )
)  # fmt: skip


# --- lists of pages that are no tables of their own ------------------------------------------


def _number(query: Mapping[str, Any], name: str) -> int:
    text = str(query.get(name, ""))
    return int(text) if text.isascii() and text.isdecimal() and len(text) < 16 else 0


def _routed(scope: Scope, query: Mapping[str, Any]) -> QuerySet[Case]:
    ruling = scope.of(Ruling).filter(pk=_number(query, "ruling")).first()
    if ruling is None:
        return Case.objects.none()
    sent = rulings.routed(ruling)
    return scope.of(Case).filter(pk__in=sent.values("pk")).order_by("-id")


def _queue(scope: Scope, query: Mapping[str, Any]) -> QuerySet[Case]:
    return desk.standing_in(scope, str(query.get("queue", "")))


def _dispatches(scope: Scope) -> bool:
    return scope.has(Role.DISPATCHER)


def _case(row: Event) -> str:
    return row.case.code


present(
    replace(
        CASES, name="cases-routed", narrow=_routed,
        may_list=lambda scope: scope.has(Role.DISPATCHER, Role.ADMINISTRATOR),
    )
)  # fmt: skip
present(replace(CASES, name="desk", narrow=_queue, may_list=_dispatches))
present(
    Table(
        "steps",
        _("Steps of cases"),
        Event,
        "id",
        (
            Column("id", _("Number"), Kind.WHOLE),
            Column("at", _("When"), Kind.MOMENT),
            Column("by", _("Done by"), read=lambda row: (
                row.by.username if trail.in_office(row) else "")),
            Column("name", _("Name"), read=lambda row: str(trail.in_office(row) or "")),
            Column("action", _("What"), read=lambda row: str(done(row.action))),
            Column("case", _("Case number"), read=_case),
            Column("title", _("Title"), path="case__title"),
            Column("hash", _("Hash")),
        ),
        may_list=lambda scope: scope.has(Role.ADMINISTRATOR),
        related=("case", "by"),
        prefetched=("by__memberships", "by__leads"),
        deferred=("case__sketch", "case__body", "case__suggestions", "sets", "moves", "data"),
        order=("-at", "-pk"),
        narrow=trail.steps,
        help=_("Residents who rate or urge are not named."),
    )
)  # fmt: skip
