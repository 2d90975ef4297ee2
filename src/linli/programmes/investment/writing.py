"""Investment projects and incubators that come from outside, with the days of their stages."""

from collections.abc import Sequence
from datetime import date
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from linli.clock import now
from linli.programmes.climbing import Step, check_step
from linli.programmes.investment.models import DAYS, LADDER, Incubator, Investment
from linli.programmes.investment.steps import take
from linli.programmes.ladders import Ladder, NotClimbed
from linli.programmes.laying import Codes, Laid, key_of, lay, not_negative, put
from linli.programmes.renewal.writing import CODE
from linli.programmes.who import administers
from linli.scores.periods import local_day
from linli.tables import CHANGED, Values, Writer, Wrong

PLAIN = ("code", "name", "name_en", "company", "company_en", "industry", "industry_en", "origin",
         "about", "about_en")  # fmt: skip
STAGE_OF = {name: stage for stage, name in DAYS.items()}
GIVEN_UP = "dropped"


def _check_code(values: Values, wrongs: list[Wrong]) -> None:
    if not CODE.fullmatch(values.get("code") or ""):
        wrongs.append(Wrong("code", _("Only letters, digits, - and _, at most 50.")))


def _steps(laid: Laid, ladder: Ladder, today: date) -> list[Step]:
    """Return the steps a row tells of that were not known, adding what is wrong with them."""
    present, values = laid.present, laid.values
    here = present.stage if present else ""
    since = present.stage_since if present else None
    given: list[Step] = []
    for name in DAYS.values():
        day = values.get(name)
        known = getattr(present, name) if present else None
        if day is None or day == known:
            continue
        if known is not None:
            laid.wrongs.append(Wrong(name, _("It stood there on %(day)s; steps that were taken "
                                             "are not changed.") % {"day": known}))  # fmt: skip
            continue
        given.append(Step(STAGE_OF[name], day))
    if values.get(GIVEN_UP) and here != GIVEN_UP:
        reason = values.get("reason") or _("Said so by the file")
        given.append(Step(GIVEN_UP, values[GIVEN_UP], note=reason))
    for step in given:
        try:
            check_step(ladder, here, since, step, today)
        except NotClimbed as refusal:
            laid.wrongs.append(Wrong(DAYS.get(step.stage, GIVEN_UP), str(refusal)))
            break
        here, since = step.stage, step.on
    if not here:
        laid.wrongs.append(Wrong("led", _("At least one stage needs a day.")))
    return given


def _lay(rows: Sequence[Values]) -> tuple[list[Laid], list[list[Step]], Ladder | None]:
    codes = Codes()
    incubators = dict(Incubator.objects.values_list("code", "pk"))
    ladder = Ladder.objects.filter(code=LADDER, retired=False).first()

    def read(values: Values, wrongs: list[Wrong]) -> dict[str, Any]:
        _check_code(values, wrongs)
        if ladder is None:
            wrongs.append(Wrong("code", _("No pack of the town declares the ladder “%(code)s”.")
                                % {"code": LADDER}))  # fmt: skip
        given = {name: values[name] for name in PLAIN if name in values}
        given |= {name: values[name] or 0 for name in ("amount", "paid_in") if name in values}
        if "digital" in values:
            given["digital"] = bool(values["digital"])
        not_negative(values, ("amount", "paid_in"), wrongs)
        for column, known in (
            ("owner", codes.organisations), ("area", codes.areas), ("incubator", incubators)
        ):  # fmt: skip
            if column in values:
                given[f"{column}_id"] = key_of(known, column, values[column], wrongs)
        return given

    laid = lay(Investment, rows, read, ("name",))
    today = local_day(now())
    steps = [_steps(row, ladder, today) if ladder else [] for row in laid]
    return laid, steps, ladder


def _check(scope: Any, rows: Sequence[Values]) -> list[str | list[Wrong]]:
    laid, steps, _ladder = _lay(rows)
    return [
        CHANGED if own and row.outcome == "unchanged" else row.outcome
        for row, own in zip(laid, steps, strict=True)
    ]


def _write(scope: Any, rows: Sequence[Values]) -> list[str]:
    with transaction.atomic():
        laid, steps, ladder = _lay(rows)
        assert ladder is not None
        fates = [
            CHANGED if own and row.fate == "unchanged" else row.fate
            for row, own in zip(laid, steps, strict=True)
        ]
        things = put(Investment, laid, ladder=ladder)
        take([(t, own) for t, own in zip(things, steps, strict=True) if own], ladder)
    return fates


PROJECTS = Writer(may=administers, check=_check, write=_write)


def _lay_incubators(rows: Sequence[Values]) -> list[Laid]:
    def read(values: Values, wrongs: list[Wrong]) -> dict[str, Any]:
        _check_code(values, wrongs)
        return {
            name: values[name]
            for name in ("code", "name", "name_en", "place", "place_en", "since")
            if name in values
        }

    return lay(Incubator, rows, read, ("name",))


def _check_incubators(scope: Any, rows: Sequence[Values]) -> list[str | list[Wrong]]:
    return [row.outcome for row in _lay_incubators(rows)]


def _write_incubators(scope: Any, rows: Sequence[Values]) -> list[str]:
    with transaction.atomic():
        laid = _lay_incubators(rows)
        fates = [row.fate for row in laid]
        put(Incubator, laid)
    return fates


INCUBATORS = Writer(may=administers, check=_check_incubators, write=_write_incubators)
