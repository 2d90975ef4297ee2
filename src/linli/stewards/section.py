"""What packs say of the service list (清单服务): what people may book, where and when."""

from collections import Counter
from datetime import time
from typing import Annotated

from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from pydantic import Field, StringConstraints

from linli import rows
from linli.cases.section import CategoryCode
from linli.people.models import Organisation
from linli.people.section import OrganisationEntry
from linli.rows import Counts
from linli.sections import (
    Code,
    Declaration,
    EnglishName,
    Entry,
    Faults,
    Name,
    Read,
    Slug,
    check_codes,
)
from linli.stewards.bookings import UNDER_WAY
from linli.stewards.models import Booking, Offer

Text = Annotated[str, StringConstraints(min_length=1, max_length=600, strip_whitespace=True)]
EnglishText = Annotated[str, StringConstraints(max_length=800, strip_whitespace=True)]
Short = Annotated[str, StringConstraints(min_length=1, max_length=80, strip_whitespace=True)]
Clock = Annotated[str, StringConstraints(pattern=r"^([01]\d|2[0-3]):[0-5]\d$")]


class ServiceEntry(Declaration):
    """A `[[service]]` of a pack."""

    code: CategoryCode
    name: Name
    name_en: EnglishName = ""
    description: Text
    description_en: EnglishText = ""
    function: Slug | None = None
    organisation: Code | None = None
    venue: Name
    venue_en: EnglishName = ""
    at_home: bool = False
    days: Annotated[list[Annotated[int, Field(ge=1, le=7)]], Field(min_length=1, max_length=7)]
    hours: Annotated[
        list[Annotated[list[Clock], Field(min_length=2, max_length=2)]], Field(min_length=1)
    ]
    minutes: Annotated[int, Field(ge=10, le=480)]
    capacity: Annotated[int, Field(ge=1, le=200)] = 1
    price: Short
    price_en: EnglishName = ""
    audience: Name
    audience_en: EnglishName = ""


def check(read: Read, faults: Faults) -> None:
    """Note what is wrong with the service list, and who of the town could not serve it."""
    services = read.of(ServiceEntry)
    check_codes(services, faults)
    organisations = read.of(OrganisationEntry)
    held = {f for entry in organisations.entries for f in entry.value.functions}
    for entry in services.entries:
        _check_hours(entry, faults)
        value = entry.value
        if value.function and value.organisation:
            faults.tell(entry, "organisation", _("name a function or an organisation, not both."))
        if value.organisation and not organisations.knows(value.organisation):
            faults.tell(entry, "organisation", _("“%(code)s” is not known here.")
                        % {"code": value.organisation})  # fmt: skip
        if value.function and organisations.is_whole and value.function not in held:
            faults.tell(entry, "function", _("no organisation of the town has the function "
                                             "“%(function)s”.")
                        % {"function": value.function})  # fmt: skip


def _check_hours(entry: Entry[ServiceEntry], faults: Faults) -> None:
    value, end = entry.value, -1
    if len(set(value.days)) < len(value.days):
        faults.tell(entry, "days", _("a weekday stands here twice."))
    for start, until in value.hours:
        first, last = _minute(start), _minute(until)
        if first < end or last - first < value.minutes:
            faults.tell(entry, "hours", _("%(start)s to %(end)s must come after what stands before "
                                          "it, and be long enough for one booking.")
                        % {"start": start, "end": until})  # fmt: skip
        end = last


def _minute(clock: str) -> int:
    moment = time.fromisoformat(clock)
    return moment.hour * 60 + moment.minute


def obstacles(read: Read, faults: Faults) -> None:
    """Note services left out of the packs that people have booked."""
    services = read.of(ServiceEntry)
    if services.is_whole:
        file = services.entries[0].spot.file if services.entries else _("packs")
        rows.refuse_held(Offer, services.by(), file, faults)


def write(read: Read) -> dict[str, Counts]:
    """Write the service list."""
    known = dict(Organisation.objects.values_list("code", "pk"))
    plain = ("name", "name_en", "description", "description_en", "venue", "venue_en", "at_home",
             "minutes", "capacity", "price", "price_en", "audience", "audience_en")  # fmt: skip
    wanted = {
        entry.value.code: {
            "pack": entry.pack,
            "function": entry.value.function or "",
            "organisation_id": known.get(entry.value.organisation or ""),
            "days": sorted(entry.value.days),
            "hours": [list(stretch) for stretch in entry.value.hours],
            "retired": False,
            **{name: getattr(entry.value, name) for name in plain},
        }
        for entry in read.of(ServiceEntry).entries
    }
    _rows, counts = rows.bring(Offer, wanted)
    return {"services": counts}


def clear(read: Read) -> dict[str, Counts]:
    """Take away services no pack names any longer."""
    return {"services": rows.clear(Offer, read.of(ServiceEntry).by())}


def _said(count: int) -> str:
    return ngettext("%(n)d booking to come", "%(n)d bookings to come", count) % {"n": count}


def _held(column: str, keys: set[int]) -> dict[int, str]:
    booked = Booking.objects.filter(state__in=UNDER_WAY, **{f"{column}__in": keys}).order_by()
    counts = Counter(booked.values_list(f"{column}_id", flat=True))
    return {key: _said(count) for key, count in counts.items()}


@rows.holder(Offer)
def _bookings_of(offers: set[int]) -> dict[int, str]:
    return _held("offer", offers)


@rows.holder(Organisation)
def _bookings_with(organisations: set[int]) -> dict[int, str]:
    return _held("organisation", organisations)
