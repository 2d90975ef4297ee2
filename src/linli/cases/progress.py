"""How far a case has come, as a line of steps anybody can read: what was, what is, what comes."""

from dataclasses import dataclass
from datetime import datetime

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from linli.cases.calendar import calendar
from linli.cases.deadlines import EVALUATION_DAYS, VERIFICATION_DAYS
from linli.cases.models import Case, State, Triage

TAKEN, GIVEN, WORKED_ON, DONE, CHECKED, CLOSED = range(6)
S = State
REACHED = {
    S.REPORTED: TAKEN, S.TRIAGED: TAKEN, S.DISPATCHED: GIVEN, S.RETURNED: GIVEN,
    S.REOPENED: GIVEN, S.ACCEPTED: WORKED_ON, S.RESOLVED: DONE, S.VERIFIED: CHECKED,
    S.CLOSED: CLOSED,
}  # fmt: skip


@dataclass(frozen=True)
class Stage:
    """One step of the line. `at` is when it was taken, `by_when` when it should be."""

    label: str | Promise
    is_done: bool
    is_next: bool
    at: datetime | None
    by_when: datetime | None


def progress(case: Case) -> list[Stage]:
    """Return the steps of a case; none for one that was cancelled or merged."""
    if case.state not in REACHED:
        return []
    state = State(case.state)
    reached = REACHED[state]
    check = case.resolved_at and calendar().add_days(case.resolved_at, VERIFICATION_DAYS)
    days = case.category.evaluation_days if case.category else EVALUATION_DAYS
    end = case.verified_at and calendar().add_days(case.verified_at, days)
    goes_on = case.paused_at is None  # while a question is open nobody can say by when
    rows = [
        (TAKEN, _("Intake"), case.reported_at, None),
        (GIVEN, _("Handover"), case.dispatched_at, None),
        (WORKED_ON, _("Acceptance"), case.accepted_at, case.accept_due if goes_on else None),
        (DONE, _("Resolution"), case.resolved_at, case.resolve_due if goes_on else None),
        (CHECKED, _("Verification"), case.verified_at, check),
        (CLOSED, _("Closing"), case.ended_at, end),
    ]
    if case.triage in (Triage.PRIVATE, Triage.NEIGHBOURHOOD):
        # Talked over with the residents: nobody is given it, and nobody comes to check.
        rows = [row for row in rows if row[0] in (TAKEN, DONE, CLOSED)]
        reached = DONE if reached == CHECKED else reached
    coming = next((step for step, *_rest in rows if step > reached), None)
    return [
        Stage(label, step <= reached, step == coming, at if step <= reached else None,
              by_when if step > reached else None)
        for step, label, at, by_when in rows
    ]  # fmt: skip
