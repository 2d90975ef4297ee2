"""What packs say of categories: what a case may be about and how such cases are handled."""

from collections import Counter, defaultdict
from typing import Annotated, Literal

from django.db.models import Q
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from pydantic import Field, StringConstraints

from linli import rows
from linli.cases.models import OPEN, Assignment, Case, Category
from linli.people.fields_of_work import FIELDS_OF_WORK
from linli.people.models import Organisation
from linli.people.section import OrganisationEntry
from linli.places.models import Area
from linli.rows import Counts
from linli.sections import (
    Declaration,
    EnglishName,
    Entry,
    Faults,
    Name,
    Read,
    Slug,
    check_codes,
    check_parents,
)

# Fields of work that organisations usually answer for; a pack may name others.
FUNCTIONS = frozenset(FIELDS_OF_WORK)
CategoryCode = Annotated[
    str, StringConstraints(min_length=1, max_length=60, pattern=r"^[a-z0-9-]+(\.[a-z0-9-]+)*$")
]
Hours = Annotated[float, Field(gt=0, allow_inf_nan=False)]


class CategoryEntry(Declaration):
    """A `[[category]]` of a pack. Hours are hours of the working calendar."""

    code: CategoryCode
    name: Name
    name_en: EnglishName = ""
    parent: CategoryCode | None = None
    standard: Annotated[str, StringConstraints(max_length=40)] = ""
    function: Slug
    lead: Literal["territorial", "functional"]
    accept_hours: Hours
    resolve_hours: Hours
    evaluation_days: Annotated[int, Field(ge=1, le=365)]
    evidence: list[Literal["photo"]] = []
    triage: Literal["", "private", "neighbourhood", "public"] = ""
    examples: list[Name] = []
    joint: list[Slug] = []
    every_answer: bool = False
    separate: bool = False
    automatic: bool = False


def check(read: Read, faults: Faults) -> None:
    """Note what is wrong with categories, and with functions on either side of them."""
    categories = read.of(CategoryEntry)
    check_codes(categories, faults)
    check_parents(categories, faults)
    for entry in categories.entries:
        if entry.value.accept_hours > entry.value.resolve_hours:
            faults.tell(entry, "accept_hours", _("%(accept)g hours to accept are more than the "
                                                 "%(resolve)g to resolve.")
                        % {"accept": entry.value.accept_hours,
                           "resolve": entry.value.resolve_hours})  # fmt: skip
    _check_functions(categories.entries, read, faults)


def _check_functions(
    categories: list[Entry[CategoryEntry]], read: Read, faults: Faults
) -> None:  # fmt: skip
    organisations = read.of(OrganisationEntry)
    held = {f for entry in organisations.entries for f in entry.value.functions}
    for entry in categories:
        if organisations.is_whole and entry.value.function not in held:
            faults.tell(entry, "function", _("no organisation of the town has the function "
                                             "“%(function)s”.")
                        % {"function": entry.value.function})  # fmt: skip
        for function in entry.value.joint if organisations.is_whole else ():
            if function not in held:
                faults.tell(entry, "joint", _("no organisation of the town has the function "
                                              "“%(function)s”.")
                            % {"function": function})  # fmt: skip
    if not read.of(CategoryEntry).is_whole:
        return
    known = FUNCTIONS | {entry.value.function for entry in categories}
    known |= {function for entry in categories for function in entry.value.joint}
    for organisation in organisations.entries:
        for function in organisation.value.functions:
            if function not in known:
                faults.tell(organisation, "functions", _("“%(given)s” is not one of: %(known)s.")
                            % {"given": function,
                               "known": ", ".join(sorted(known))})  # fmt: skip


def obstacles(read: Read, faults: Faults) -> None:
    """Note categories left out of the packs that open cases are of."""
    categories = read.of(CategoryEntry)
    if categories.is_whole:
        file = categories.entries[0].spot.file if categories.entries else _("packs")
        rows.refuse_held(Category, categories.by(), file, faults)


def write(read: Read) -> dict[str, Counts]:
    """Write the categories."""
    entries = read.of(CategoryEntry).entries
    wanted = {
        entry.value.code: {
            "name": entry.value.name,
            "name_en": entry.value.name_en,
            "pack": entry.pack,
            "standard": entry.value.standard,
            "function": entry.value.function,
            "lead_side": entry.value.lead,
            "accept_hours": float(entry.value.accept_hours),
            "resolve_hours": float(entry.value.resolve_hours),
            "evaluation_days": entry.value.evaluation_days,
            "evidence": list(entry.value.evidence),
            "triage": entry.value.triage,
            "examples": list(entry.value.examples),
            "joint": list(entry.value.joint),
            "every_answer": entry.value.every_answer,
            "separate": entry.value.separate,
            "automatic": entry.value.automatic,
            "retired": False,
        }
        for entry in entries
    }
    parents = {entry.value.code: {"parent": entry.value.parent} for entry in entries}
    _rows, counts = rows.bring(Category, wanted, parents)
    return {"categories": counts}


def clear(read: Read) -> dict[str, Counts]:
    """Take away categories no pack names any longer."""
    return {"categories": rows.clear(Category, read.of(CategoryEntry).by())}


def _open_cases(count: int) -> str:
    return ngettext("%(n)d open case", "%(n)d open cases", count) % {"n": count}


@rows.holder(Area)
def _cases_in(areas: set[int]) -> dict[int, str]:
    links = ("area", "community_grid", "service_grid", "escalated_to")
    anywhere = Q()
    for link in links:
        anywhere |= Q(**{f"{link}__in": areas})
    found = Case.objects.filter(anywhere, state__in=OPEN).order_by()
    places = found.values_list(*(f"{link}_id" for link in links))
    counts = Counter(area for case in places for area in set(case) & areas)
    return {area: _open_cases(count) for area, count in counts.items()}


@rows.holder(Organisation)
def _cases_with(organisations: set[int]) -> dict[int, str]:
    assignments = Assignment.objects.filter(
        organisation__in=organisations, active=True, case__state__in=OPEN
    )
    cases: dict[int, set[int]] = defaultdict(set)
    for organisation, case in assignments.order_by().values_list("organisation_id", "case_id"):
        cases[organisation].add(case)
    return {organisation: _open_cases(len(found)) for organisation, found in cases.items()}


@rows.holder(Category)
def _cases_of(categories: set[int]) -> dict[int, str]:
    found = Case.objects.filter(category__in=categories, state__in=OPEN).order_by()
    counts = Counter(found.values_list("category_id", flat=True))
    return {category: _open_cases(count) for category, count in counts.items()}
