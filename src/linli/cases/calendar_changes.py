"""Change the working calendar: checked like the file, its effect told before it is written."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from django.db import transaction
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext as _
from pydantic import ValidationError

from linli.cases.models import WAITING, WORKING, Case
from linli.people import audit
from linli.people.administration import Impossible, OutOfReach, Reach
from linli.people.models import User
from linli.places.models import Town
from linli.places.section import CalendarEntry
from linli.places.town import changed, the_town


@dataclass(frozen=True)
class Effect:
    """What a change of the calendar means: on which days it bears, and how many cases are due then.

    Deadlines already given stay as they were promised; the new calendar counts for those given
    from now on, and for the working hours shown as left.
    """

    days: list[date]
    changes_hours: bool
    due: int


def checked(hours: Iterable[Iterable[str]], holidays: Iterable[date], workdays: Iterable[date]
            ) -> CalendarEntry:  # fmt: skip
    """Return the calendar, if it is one.

    Raises
    ------
    Impossible
        Saying what is wrong.
    """
    try:
        return CalendarEntry.model_validate(
            {
                "hours": [list(shift) for shift in hours],
                "holidays": sorted(set(holidays)),
                "workdays": sorted(set(workdays)),
            }
        )
    except ValidationError as errors:
        error = errors.errors(include_url=False)[0]
        if error["type"] == "value_error":
            raise Impossible(str(error["ctx"]["error"])) from None
        raise Impossible(
            _("The working hours are shifts such as 08:30-12:00, one after the other.")
        ) from None


def present() -> CalendarEntry:
    """Return the town's own part of the calendar as it is now."""
    rules = the_town().calendar
    days = {name: [date.fromisoformat(day) for day in rules.get(name, [])]
            for name in ("holidays", "workdays")}  # fmt: skip
    return checked(rules.get("hours", []), **days)


def effect(wanted: CalendarEntry) -> Effect:
    """Say what it would mean to change to a calendar."""
    now = present()
    days = sorted(
        set(now.holidays) ^ set(wanted.holidays) | set(now.workdays) ^ set(wanted.workdays)
    )
    due = 0
    for day in days:
        start = datetime.combine(day, datetime.min.time(), timezone.get_current_timezone())
        on_it = (start, start + timedelta(days=1))
        due += Case.objects.filter(
            Q(state__in=WORKING, resolve_due__gte=on_it[0], resolve_due__lt=on_it[1])
            | Q(state__in=WAITING, accept_due__gte=on_it[0], accept_due__lt=on_it[1])
        ).count()
    return Effect(days, now.hours != wanted.hours, due)


@transaction.atomic
def change(by: User, wanted: CalendarEntry, reason: str = "") -> None:
    """Let another calendar hold from now on."""
    if not Reach(by).is_whole:
        raise OutOfReach(_("This lies beyond what you administer."))
    town = Town.objects.select_for_update().get()
    before: dict[str, Any] = town.calendar
    after = wanted.model_dump(mode="json")
    changes = {
        name: (before.get(name, []), after[name])
        for name in after
        if before.get(name, []) != after[name]
    }
    if not changes:
        return
    town.calendar = after
    town.save(update_fields=["calendar"])
    audit.record("calendar-changed", by, town, changes=changes, reason=reason)
    changed()
