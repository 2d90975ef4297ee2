"""Climbing with an investment project."""

from collections.abc import Sequence
from datetime import date

from django.db import transaction
from django.utils.translation import gettext as _

from linli import bulk
from linli.clock import now
from linli.people.models import User
from linli.people.scope import Scope
from linli.programmes.climbing import Step, climb_all
from linli.programmes.investment.models import DAYS, Investment, may_change
from linli.programmes.ladders import Ladder, NotClimbed
from linli.scores.periods import local_day
from linli.tables import touched


def note_days(project: Investment, ladder: Ladder, steps: Sequence[Step]) -> None:
    """Put the days of steps where they are kept; a step back empties those of later stages."""
    for step in steps:
        stage = ladder.stage(step.stage)
        if stage.is_aside:
            continue
        for later in ladder.way[stage.position + 1 :]:
            if later.code in DAYS:
                setattr(project, DAYS[later.code], None)
        name = DAYS.get(stage.code)
        if name and getattr(project, name) is None:
            setattr(project, name, step.on)


def advance(
    project: Investment, stage: str, by: User, on: date | None = None, note: str = ""
) -> Investment:  # fmt: skip
    """Take one step with a project.

    Raises
    ------
    NotClimbed
        If the person does not work for its organisation, or as `ladders.check_step`.
    """
    with transaction.atomic():
        row = Investment.objects.select_for_update(of=("self",)).get(pk=project.pk)
        if not may_change(Scope(by), row):
            raise NotClimbed(_("Only who works for its organisation may do this."))
        step = Step(stage, on or local_day(now()), by, note)
        take([(row, [step])], row.ladder)
    return row


def take(steps: Sequence[tuple[Investment, Sequence[Step]]], ladder: Ladder) -> None:
    """Take steps with many projects, and keep their days; in the transaction of the caller."""
    climb_all(steps)
    for project, own in steps:
        note_days(project, ladder, own)
    bulk.update([project for project, _own in steps], sorted(DAYS.values()))
    touched("projects", rows=[project.pk for project, _own in steps])
