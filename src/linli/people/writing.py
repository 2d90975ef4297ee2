"""Organisations and people from a file: laid over those the town has, and checked with them."""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from linli import bulk, entries
from linli.people import section
from linli.people.models import Lead, Membership, Organisation, Role, User
from linli.people.scope import Scope
from linli.people.section import RESIDENT, OrganisationEntry, PersonEntry
from linli.places.models import Area
from linli.places.section import AreaEntry
from linli.places.town import changed
from linli.sections import ROW, Declaration, Entry, Faults, Read, Spot
from linli.tables import CHANGED, NEW, UNCHANGED, Values, Writer, Wrong

HERE = Spot("")  # what stands in the town already, and in no file


def _administers(scope: Scope) -> bool:
    return any(path.count("/") == 1 for path in scope.paths(Role.ADMINISTRATOR))


def _add(read: Read, kind: type[Declaration], raw: dict[str, Any], at: int, faults: Faults) -> None:
    entries.add(read.of(kind), kind, raw, Spot("", ROW, at + 1), faults)


def _areas(read: Read) -> None:
    """Let what is read know the areas of the town by code; no shape is asked for."""
    known = Area.objects.filter(retired=False).values_list("code", "is_grid")
    read.of(AreaEntry).entries = [
        Entry(AreaEntry.model_construct(code=code, grid=grid), Spot("", code=code))
        for code, grid in known
    ]


def _outcomes(fates: list[str], faults: Faults) -> list[str | list[Wrong]]:
    wrongs: dict[int, list[Wrong]] = defaultdict(list)
    for fault in faults:
        wrongs[fault.spot.number - 1].append(Wrong(fault.field, fault.message))
    return [wrongs.get(at) or fate for at, fate in enumerate(fates)]


def _fate(before: dict[str, Any] | None, now: dict[str, Any]) -> str:
    if before is None:
        return NEW
    return UNCHANGED if before == now else CHANGED


def _together(faults: Faults, before: Faults) -> list[Wrong]:
    old = {(fault.spot.code, fault.field, fault.message) for fault in before}
    return [
        Wrong(fault.field, f"{fault.spot.code}: {fault.message}" if fault.spot.code
              else fault.message)
        for fault in faults
        if not fault.spot.number and (fault.spot.code, fault.field, fault.message) not in old
    ]  # fmt: skip


# --- organisations ---------------------------------------------------------------------------


def _organisations_present() -> dict[str, dict[str, Any]]:
    found = Organisation.objects.filter(retired=False).select_related("area", "parent")
    return {
        row.code: {
            "code": row.code, "name": row.name, "name_en": row.name_en, "kind": row.kind,
            "area": row.area.code, "parent": row.parent.code if row.parent else "",
            "functions": row.functions,
        }
        for row in found.defer("area__wkb")
    }  # fmt: skip


def _lay_organisations(rows: Sequence[Values]) -> tuple[Read, list[str], Faults]:
    known = _organisations_present()
    read, faults, fates = Read(), Faults(), []
    _areas(read)
    for at, values in enumerate(rows):
        blank = {"name_en": "", "parent": "", "functions": []}
        before = known.get(values.get("code", ""))
        raw = {**(before or blank), **values}
        fates.append(_fate(before, raw))
        _add(read, OrganisationEntry, raw, at, faults)
    named = {values.get("code") for values in rows}
    read.of(OrganisationEntry).entries.extend(
        Entry(OrganisationEntry.model_construct(**raw), HERE)
        for code, raw in known.items()
        if code not in named
    )
    section.check_organisations(read, faults)
    return read, fates, faults


def _check_organisations(scope: Any, rows: Sequence[Values]) -> list[str | list[Wrong]]:
    _read, fates, faults = _lay_organisations(rows)
    return _outcomes(fates, faults)


def _organisations_together(scope: Any, rows: Sequence[Values]) -> list[Wrong]:
    _read, _fates, before = _lay_organisations([])
    return _together(_lay_organisations(rows)[2], before)


def _write_organisations(scope: Any, rows: Sequence[Values]) -> list[str]:
    with transaction.atomic():
        read, fates, faults = _lay_organisations(rows)
        faults.stop()
        # All of them, so that a row may name any as what it belongs to; only changes are written.
        section.write_organisations([e.value for e in read.of(OrganisationEntry).entries])
        changed()
    return fates


ORGANISATIONS = Writer(
    may=_administers,
    check=_check_organisations,
    write=_write_organisations,
    together=_organisations_together,
)


# --- people ----------------------------------------------------------------------------------


@dataclass
class _Laid:
    given: list[PersonEntry]
    fates: list[str]
    faults: Faults
    known: dict[str, dict[str, Any]]


def _people_present() -> tuple[dict[str, dict[str, Any]], set[str]]:
    """Return people with what a row says of them, and those whose offices no row can say."""
    roles: dict[int, dict[str, list[str]]] = defaultdict(lambda: defaultdict(list))
    offices = Membership.objects.order_by("pk").values_list("user", "organisation__code", "role")
    for user, organisation, role in offices:
        roles[user][organisation].append(role)
    leads: dict[int, dict[str, list[str]]] = defaultdict(lambda: defaultdict(list))
    for user, area, side in Lead.objects.order_by("pk").values_list("user", "area__code", "side"):
        leads[user][side].append(area)
    people, several = {}, set()
    found = User.objects.values_list("pk", "username", "name", "name_en")
    for key, username, name, name_en in found:
        organisation, theirs = next(iter(roles[key].items()), ("", [RESIDENT]))
        side, led = next(iter(leads[key].items()), ("", []))
        people[username] = {
            "username": username, "name": name, "name_en": name_en,
            "organisation": organisation, "roles": theirs, "lead_of": led, "lead_side": side,
        }  # fmt: skip
        if len(roles[key]) > 1 or len(leads[key]) > 1:
            several.add(username)
    return people, several


OFFICES = ("organisation", "roles", "lead_of", "lead_side")


def _lay_people(rows: Sequence[Values], scope: Any) -> _Laid:
    known, several = _people_present()
    read, faults, fates = Read(), Faults(), []
    _areas(read)
    codes = Organisation.objects.filter(retired=False).values_list("code", flat=True)
    read.of(OrganisationEntry).entries = [
        Entry(OrganisationEntry.model_construct(code=code), HERE) for code in codes
    ]
    for at, values in enumerate(rows):
        blank = {"name_en": "", "organisation": "", "roles": [], "lead_of": [], "lead_side": ""}
        before = known.get(values.get("username", ""))
        raw = {**(before or blank), **values}
        fates.append(_fate(_sorted(before), _sorted(raw) or {}))
        _add(read, PersonEntry, raw, at, faults)
        says_offices = any(name in values and _differs(before, raw, name) for name in OFFICES)
        if raw.get("username") in several and says_offices:
            faults.tell(Spot("", ROW, at + 1), "organisation",
                        _("has offices in several organisations or leads from both sides, which "
                          "one row cannot say; change it on the page of this person."))  # fmt: skip
    given = list(read.of(PersonEntry).entries)
    for entry in given:
        section.check_roles(entry, read, faults)
    _add_leads_present(read, {values.get("username") for values in rows}, several)
    section.check_leads(read, faults)
    _keep_administrators(given, known, scope, faults)
    return _Laid([entry.value for entry in given], fates, faults, known)


def _sorted(raw: dict[str, Any] | None) -> dict[str, Any] | None:
    return raw and {k: sorted(v) if isinstance(v, list) else v for k, v in raw.items()}


def _differs(before: dict[str, Any] | None, raw: dict[str, Any], name: str) -> bool:
    return before is None or (_sorted(before) or {})[name] != (_sorted(raw) or {})[name]


def _add_leads_present(read: Read, named: set[Any], several: set[str]) -> None:
    led: dict[tuple[str, str], list[str]] = defaultdict(list)
    for username, area, side in Lead.objects.values_list("user__username", "area__code", "side"):
        if username not in named or username in several:
            led[username, side].append(area)
    here = [
        Entry(PersonEntry.model_construct(username=username, lead_of=areas, lead_side=side), HERE)
        for (username, side), areas in led.items()
    ]
    # Those who lead now come first: whoever is to lead besides them is told so.
    read.of(PersonEntry).entries = [*here, *(e for e in read.of(PersonEntry).entries
                                             if e.value.username not in several)]  # fmt: skip


def _keep_administrators(
    given: list[Entry[PersonEntry]], known: dict[str, Any], scope: Any, faults: Faults
) -> None:
    """See that nobody takes from themselves the office by which they do this."""
    for entry in given:
        person = entry.value
        was = known.get(person.username, {}).get("roles", ())
        if (
            person.username == getattr(scope.user, "username", "")
            and Role.ADMINISTRATOR in was
            and Role.ADMINISTRATOR not in person.roles
        ):
            faults.tell(entry, "roles", _("would take from you the role by which you do this."))


def _check_people(scope: Any, rows: Sequence[Values]) -> list[str | list[Wrong]]:
    laid = _lay_people(rows, scope)
    return _outcomes(laid.fates, laid.faults)


def _people_together(scope: Any, rows: Sequence[Values]) -> list[Wrong]:
    return _together(_lay_people(rows, scope).faults, _lay_people([], scope).faults)


def _write_people(scope: Any, rows: Sequence[Values]) -> list[str]:
    with transaction.atomic():
        laid = _lay_people(rows, scope)
        # A grid that had no lead before is no fault of these rows.
        Faults(fault for fault in laid.faults if fault.spot.number).stop()
        users, _counts = section.write_users(laid.given)
        said = [p for p in laid.given if _says_offices(p, laid.known.get(p.username))]
        _write_offices(said, users)
        changed()
    return laid.fates


def _says_offices(person: PersonEntry, before: dict[str, Any] | None) -> bool:
    return any(_differs(before, person.model_dump(), name) for name in OFFICES)


def _write_offices(people: list[PersonEntry], users: dict[str, User]) -> None:
    """Give exactly these people exactly the roles and areas their rows name."""
    keys = {users[person.username].pk for person in people}
    codes = {person.organisation for person in people}
    organisations = dict(Organisation.objects.filter(code__in=codes).values_list("code", "pk"))
    areas = dict(Area.objects.filter(code__in={c for p in people for c in p.lead_of})
                 .values_list("code", "pk"))  # fmt: skip
    Membership.objects.filter(user__in=keys).delete()
    Lead.objects.filter(user__in=keys).delete()
    offices, leads = [], []
    for person in people:
        user = users[person.username].pk
        offices += [
            Membership(user_id=user, organisation_id=organisations[person.organisation], role=role)
            for role in dict.fromkeys(person.roles)
            if role != RESIDENT
        ]
        leads += [
            Lead(user_id=user, area_id=areas[code], side=person.lead_side)
            for code in person.lead_of
        ]
    bulk.insert(offices)
    bulk.insert(leads)


PEOPLE = Writer(
    may=_administers, check=_check_people, write=_write_people, together=_people_together
)
