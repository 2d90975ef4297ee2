"""What a town's files say of its organisations, its people and who leads what."""

from collections import defaultdict
from collections.abc import Iterable
from typing import Annotated, Any, Literal

from django.db.models import QuerySet
from django.utils.translation import gettext as _
from pydantic import StringConstraints

from linli import bulk, rows
from linli.people.models import Lead, Membership, Organisation, Role, User
from linli.places.models import Area
from linli.places.section import AreaEntry
from linli.rows import Counts
from linli.sections import (
    Code,
    Declaration,
    EnglishName,
    Entry,
    Faults,
    Name,
    Read,
    Words,
    check_codes,
    check_parents,
)

# A person of the town who belongs to none of its organisations.
RESIDENT = "resident"
OptionalCode = Annotated[str, StringConstraints(max_length=40)]
Username = Annotated[str, StringConstraints(min_length=1, max_length=150, pattern=r"^[\w.@+-]+$")]
PersonName = Annotated[str, StringConstraints(min_length=1, max_length=60, strip_whitespace=True)]
EnglishPersonName = Annotated[str, StringConstraints(max_length=80, strip_whitespace=True)]


class OrganisationEntry(Declaration):
    """One row of `organisations.csv`."""

    code: Code
    name: Name
    name_en: EnglishName
    kind: Literal["territorial", "department", "station", "platform", "plant"]
    area: Code
    parent: OptionalCode
    functions: Words


class PersonEntry(Declaration):
    """One row of `people.csv`; roles and led areas have blanks between them."""

    username: Username
    name: PersonName
    name_en: EnglishPersonName
    organisation: OptionalCode
    roles: Words
    lead_of: Words
    lead_side: Literal["", "town", "community"]


def check(read: Read, faults: Faults) -> None:
    """Note what is wrong with organisations, people and leads."""
    check_organisations(read, faults)
    check_codes(read.of(PersonEntry), faults, "username")
    for person in read.of(PersonEntry).entries:
        check_roles(person, read, faults)
    check_leads(read, faults)


def check_organisations(read: Read, faults: Faults) -> None:
    """Note what is wrong with organisations."""
    organisations, areas = read.of(OrganisationEntry), read.of(AreaEntry)
    check_codes(organisations, faults)
    check_parents(organisations, faults)
    for entry in organisations.entries:
        if not areas.knows(entry.value.area):
            faults.tell(entry, "area", _("“%(code)s” is not known here.")
                        % {"code": entry.value.area})  # fmt: skip


def check_roles(entry: Entry[PersonEntry], read: Read, faults: Faults) -> None:
    """Note what is wrong with the roles of a person."""
    person = entry.value
    known = [*Role.values, RESIDENT]
    for role in person.roles:
        if role not in known:
            faults.tell(entry, "roles", _("“%(given)s” is not one of: %(known)s.")
                        % {"given": role, "known": ", ".join(known)})  # fmt: skip
    if not person.roles:
        faults.tell(entry, "roles", _("is empty: a person without an office is a “resident”."))
    in_office = [role for role in person.roles if role != RESIDENT]
    if in_office and not person.organisation:
        faults.tell(entry, "organisation", _("is empty, but “%(role)s” is a role in one.")
                    % {"role": in_office[0]})  # fmt: skip
    if person.organisation and not in_office and person.roles:
        faults.tell(entry, "organisation", _("a resident belongs to no organisation."))
    if person.organisation and not read.of(OrganisationEntry).knows(person.organisation):
        faults.tell(entry, "organisation", _("“%(code)s” is not known here.")
                    % {"code": person.organisation})  # fmt: skip
    if bool(person.lead_of) != bool(person.lead_side):
        faults.tell(entry, "lead_side", _("a lead needs both an area and a side."))


def check_leads(read: Read, faults: Faults) -> None:
    """Check that each grid has exactly one lead from each side (双组长)."""
    areas, people = read.of(AreaEntry), read.of(PersonEntry)
    leads: dict[tuple[str, str], Entry[PersonEntry]] = {}
    for entry in people.entries:
        for code in entry.value.lead_of:
            if not areas.knows(code):
                faults.tell(entry, "lead_of", _("“%(code)s” is not known here.") % {"code": code})
            before = leads.setdefault((code, entry.value.lead_side), entry)
            if before is entry and entry.value.lead_of.count(code) < 2:
                continue
            if before.spot.number:
                faults.tell(entry, "lead_of", _("“%(code)s” has a lead from this side already: "
                                                "row %(row)s.")
                            % {"code": code, "row": f"{before.spot.number:,}"})  # fmt: skip
            else:
                faults.tell(entry, "lead_of", _("“%(code)s” has a lead from this side already: "
                                                "%(person)s.")
                            % {"code": code, "person": before.value.username})  # fmt: skip
    if not people.is_whole:
        return
    missing = {
        Lead.Side.TOWN: _("has no lead from the town's staff in people.csv."),
        Lead.Side.COMMUNITY: _("has no lead from the community in people.csv."),
    }
    for area in areas.entries:
        for side, message in missing.items():
            if area.value.grid and (area.value.code, side) not in leads:
                faults.tell(area, "", message)


def obstacles(read: Read, faults: Faults) -> None:
    """Note organisations left out of the files that still have work."""
    organisations = read.of(OrganisationEntry)
    if organisations.is_whole and organisations.entries:
        file = organisations.entries[0].spot.file
        rows.refuse_held(Organisation, organisations.by(), file, faults)


def write(read: Read) -> dict[str, Counts]:
    """Write organisations, people, and exactly the memberships and leads the files name."""
    areas = Area.objects.in_bulk(field_name="code")
    organisations, organisation_counts = write_organisations(
        [entry.value for entry in read.of(OrganisationEntry).entries]
    )
    people = read.of(PersonEntry)
    if not people.readable:
        # Read without people: accounts, roles and leads stay as they are.
        return {"organisations": organisation_counts}
    members_before = set(Membership.objects.values_list("user_id", flat=True))
    users, user_counts = write_users([entry.value for entry in people.entries])
    memberships, leads = set(), set()
    for entry in people.entries:
        person, user = entry.value, users[entry.value.username].pk
        memberships |= {
            (user, organisations[person.organisation].pk, role)
            for role in person.roles
            if role != RESIDENT
        }
        leads |= {(areas[code].pk, user, person.lead_side) for code in person.lead_of}
    counts = {
        "organisations": organisation_counts,
        "memberships": _exactly(Membership, ("user_id", "organisation_id", "role"), memberships),
        "leads": _exactly(Lead, ("area_id", "user_id", "side"), leads),
    }
    members = {user for user, _organisation, _role in memberships}
    stays = {user.pk for user in users.values()}
    gone = User.objects.filter(pk__in=members_before - members - stays, is_active=True)
    for leaving in gone:
        rows.note(User, leaving.username, leaving.name, rows.RETIRED)
    removed = gone.update(is_active=False)
    back = User.objects.filter(pk__in=members - members_before, is_active=False)
    back.update(is_active=True)
    return counts | {"people": user_counts + Counts(removed=removed)}


def write_organisations(
    said: list[OrganisationEntry],
) -> tuple[dict[str, Organisation], Counts]:
    """Write organisations; those not named stay as they are."""
    areas = dict(Area.objects.filter(code__in={o.area for o in said}).values_list("code", "pk"))
    return rows.bring(
        Organisation,
        {
            o.code: {
                "name": o.name, "name_en": o.name_en, "kind": o.kind,
                "area_id": areas[o.area], "functions": o.functions, "retired": False,
            }
            for o in said
        },
        {o.code: {"parent": o.parent or None} for o in said},
    )  # fmt: skip


def write_users(people: list[PersonEntry]) -> tuple[dict[str, User], Counts]:
    """Write accounts, new ones without a password; those not named stay as they are."""
    known = set(
        User.objects.filter(username__in=[p.username for p in people]).values_list(
            "username", flat=True
        )
    )
    newcomers = []
    for person in people:
        if person.username not in known:
            user = User(username=person.username, name=person.name, name_en=person.name_en)
            user.set_unusable_password()
            newcomers.append(user)
    bulk.insert(newcomers)
    wanted = {p.username: {"name": p.name, "name_en": p.name_en} for p in people}
    users, counts = rows.bring(User, wanted, key="username")
    return users, counts + Counts(created=len(newcomers))


def _exactly(
    model: type[Membership] | type[Lead], names: tuple[str, str, str], wanted: Iterable[tuple]
) -> Counts:
    """Make the table hold the wanted rows and no other."""
    present: dict[tuple, list[int]] = defaultdict(list)
    for key, *values in model.objects.values_list("pk", *names):
        present[tuple(values)].append(key)
    surplus = [key for values, keys in present.items() if values not in wanted for key in keys]
    missing = sorted(set(wanted) - present.keys())
    if rows.is_noting():
        _note(model, rows.REMOVED, model.objects.filter(pk__in=surplus))
    model.objects.filter(pk__in=surplus).delete()
    fresh = [model(**dict(zip(names, values, strict=True))) for values in missing]
    bulk.insert(fresh)
    if rows.is_noting():
        _note(model, rows.NEW, model.objects.filter(pk__in=[row.pk for row in fresh]))
    return Counts(created=len(missing), removed=len(surplus))


def _note(model: type[Membership] | type[Lead], what: str, changed: QuerySet[Any]) -> None:
    place = "organisation" if model is Membership else "area"
    value = "role" if model is Membership else "side"
    for row in changed.select_related("user", place):
        name = f"{row.user.name or row.user.username} · {getattr(row, place).name}"
        rows.note(model, f"{row.user.username} {getattr(row, value)}", name, what)


def clear(read: Read) -> dict[str, Counts]:
    """Take away organisations the files no longer name."""
    return {"organisations": rows.clear(Organisation, read.of(OrganisationEntry).by())}
