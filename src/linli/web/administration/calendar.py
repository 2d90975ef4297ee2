"""The working calendar: a year of months, and changing what the town does differently."""

import calendar as almanac
import re
from datetime import date
from typing import Any

from chinese_calendar.constants import holidays as PUBLIC_HOLIDAYS  # noqa: N812
from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as L  # noqa: N812
from django.views.decorators.http import require_POST, require_safe

from linli.cases import calendar_changes
from linli.cases.calendar import calendar
from linli.clock import now
from linli.people.administration import (
    Impossible,
    Reach,
    for_administrators,
    for_the_towns_administrators,
)
from linli.places.section import CalendarEntry
from linli.web.administration.people import administrator

HOLIDAY, WORKDAY, USUAL = "holiday", "workday", "usual"
KINDS = [
    (HOLIDAY, L("a holiday here")),
    (WORKDAY, L("a workday here")),
    (USUAL, L("as in the whole country")),
]


class DayForm(forms.Form):
    """What one day is in this town."""

    day = forms.DateField(
        label=L("Day"), widget=forms.DateInput({"type": "date"}, format="%Y-%m-%d")
    )
    kind = forms.ChoiceField(
        label=L("Is"),
        choices=KINDS,
    )
    reason = forms.CharField(label=L("Reason"), max_length=200, required=False)


class HoursForm(forms.Form):
    """The working hours of a day."""

    hours = forms.CharField(
        label=L("Working hours"), max_length=100, help_text=L("Such as 08:30-12:00, 13:30-17:30.")
    )
    reason = forms.CharField(label=L("Reason"), max_length=200, required=False)

    def clean_hours(self) -> list[list[str]]:
        """Read the shifts."""
        text = self.cleaned_data["hours"].replace("—", "-").replace("–", "-")
        parts = [part.strip() for part in re.split(r"[,，;；、\s]+", text) if part.strip()]
        return [part.split("-") for part in parts]


@for_administrators
@require_safe
def months(request: HttpRequest) -> HttpResponse:
    asked = request.GET.get("year", "")
    year = int(asked) if re.fullmatch(r"20[0-5]\d", asked) else now().year
    return _page(request, year)


def _page(
    request: HttpRequest, year: int, bound: dict[str, forms.Form] | None = None,
    more: dict[str, Any] | None = None,
) -> HttpResponse:  # fmt: skip
    rules, counts = calendar_changes.present(), calendar()
    hours = ", ".join("-".join(shift) for shift in rules.hours)
    context = {
        "year": year,
        "months": [(date(year, month, 1), _weeks(year, month, rules)) for month in range(1, 13)],
        "weekdays": [_weekday(day["day"]) for day in _weeks(year, 1, rules)[1] if day],
        "workdays": sum(counts.is_workday(day) for day in _days(year)),
        "announced": any(day.year == year for day in PUBLIC_HOLIDAYS),
        "hours": hours,
        "exceptions": sorted(
            [(day, L("a holiday here")) for day in rules.holidays]
            + [(day, L("a workday here")) for day in rules.workdays]
        ),
        "may_change": Reach(administrator(request)).is_whole,
        "day_form": DayForm(auto_id="id_day_%s"),
        "hours_form": HoursForm(initial={"hours": hours}, auto_id="id_hours_%s"),
        **(bound or {}),
        **(more or {}),
    }
    status = 422 if bound else 200
    return render(request, "administration/calendar.html", context, status=status)


def _weekday(day: date) -> str:
    name = date_format(day, "D")
    return name[-1] if name.startswith("星期") else name[:3]


def _days(year: int) -> list[date]:
    return [
        date(year, month, day)
        for month in range(1, 13)
        for day in range(1, almanac.monthrange(year, month)[1] + 1)
    ]


def _weeks(year: int, month: int, rules: CalendarEntry) -> list[list[dict[str, Any] | None]]:
    """Return the weeks of a month, Monday first, with what each day is."""
    counts, today = calendar(), now().date()
    own = set(rules.holidays) | set(rules.workdays)
    return [
        [
            {
                "day": day,
                "is_work": counts.is_workday(day),
                # What a look at the week would not say: holidays on weekdays, work on weekends.
                "is_odd": counts.is_workday(day) != (day.weekday() < 5),
                "is_own": day in own,
                "is_today": day == today,
            }
            if day.month == month
            else None
            for day in week
        ]
        for week in almanac.Calendar().monthdatescalendar(year, month)
    ]


@for_the_towns_administrators
@require_POST
def change(request: HttpRequest) -> HttpResponse:
    """Tell what a change would mean; make it once that has been read and confirmed."""
    rules = calendar_changes.present()
    is_hours = "hours" in request.POST
    form: forms.Form = (
        HoursForm(request.POST, auto_id="id_hours_%s")
        if is_hours
        else DayForm(request.POST, auto_id="id_day_%s")
    )
    bound = {"hours_form" if is_hours else "day_form": form}
    year = now().year
    if not form.is_valid():
        return _page(request, year, bound)
    told = form.cleaned_data
    holidays, workdays = set(rules.holidays), set(rules.workdays)
    hours = told["hours"] if is_hours else rules.hours
    if not is_hours:
        year = told["day"].year
        holidays.discard(told["day"])
        workdays.discard(told["day"])
        if told["kind"] == HOLIDAY:
            holidays.add(told["day"])
        elif told["kind"] == WORKDAY:
            workdays.add(told["day"])
    try:
        wanted = calendar_changes.checked(hours, holidays, workdays)
    except Impossible as why:
        form.add_error(None, str(why))
        return _page(request, year, bound)
    if request.POST.get("confirmed") != "yes":
        more = {
            "proposed": {name: request.POST.get(name, "") for name in form.fields},
            "effect": calendar_changes.effect(wanted),
            "kinds": {} if is_hours else dict(KINDS),
        }
        return _page(request, year, more=more)
    calendar_changes.change(administrator(request), wanted, told["reason"])
    messages.success(request, _("The calendar is changed."))
    return redirect(f"{request.path.removesuffix('change/')}?year={year}")
