"""Climbing a ladder: which steps may be taken, and taking them; who has stood still too long."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any, TypeVar

from django.apps import apps
from django.db import transaction
from django.db.models import Q
from django.utils.translation import gettext

from linli import bulk
from linli.clock import now
from linli.people.models import User
from linli.programmes.ladders import MAX_NOTE, Climber, Ladder, NotClimbed
from linli.scores.periods import local_day

EARLIEST = date(1990, 1, 1)

C = TypeVar("C", bound=Climber)


@dataclass(frozen=True)
class Step:
    """A step somebody wants to take; `by` and `note` as in `Climb`."""

    stage: str
    on: date
    by: User | None = None
    note: str = ""


def climb(
    thing: C, stage: str, by: User | None = None, on: date | None = None, note: str = ""
) -> C:
    """Let a thing take one step, and return it as it stands then.

    Raises
    ------
    NotClimbed
        As in `check_step`.
    """
    day = on or local_day(now())
    climb_all([(thing, [Step(stage, day, by, note)])])
    return thing


def climb_all(steps: Sequence[tuple[C, Sequence[Step]]]) -> None:
    """Let things of one kind take steps, each its own in order; all or nothing.

    Raises
    ------
    NotClimbed
        As in `check_step`; nothing is written then.
    """
    if not steps:
        return
    kind = type(steps[0][0])
    today, moment = local_day(now()), now()
    with transaction.atomic():
        keys = [thing.pk for thing, _steps in steps]
        standing = {
            row.pk: row
            for row in kind._default_manager.select_for_update().filter(pk__in=keys)
        }  # fmt: skip
        taken: list[Any] = []
        for thing, own in steps:
            row = standing[thing.pk]
            thing.stage, thing.stage_since = row.stage, row.stage_since
            for step in own:
                back = check_step(thing.ladder, thing.stage, thing.stage_since, step, today)
                thing.stage, thing.stage_since = step.stage, step.on
                taken.append(climb_kind(kind)(
                    thing_id=thing.pk, stage=step.stage, on=step.on, by=step.by,
                    note=step.note.strip(), back=back, at=moment,
                ))  # fmt: skip
        bulk.insert(taken)
        bulk.update([thing for thing, _steps in steps], ["stage", "stage_since"])


def climb_kind(kind: type[Climber]) -> Any:
    """Return the model of the steps that things of a kind take."""
    fields: Any = kind._meta
    return fields.get_field("climbs").related_model


def check_step(
    ladder: Ladder, here: str, since: date | None, step: Step, today: date
) -> bool:  # fmt: skip
    """See that a step may be taken from where a thing stands, and tell whether it goes back.

    What has no stage yet may begin on any of the way: what was before it came to us is not known.

    Raises
    ------
    NotClimbed
        If the ladder has no such stage; if the thing stands there already; if a stage that may
        not be passed over lies between; if the day is still to come, or before the day of the
        step before; if it goes back, or aside, without a reason.
    """
    there = ladder.stage(step.stage)
    if not EARLIEST <= step.on <= today:
        raise NotClimbed(gettext("%(day)s is not a day up to today.") % {"day": step.on})
    if since and step.on < since:
        raise NotClimbed(gettext("%(day)s is before the last step, which was on %(last)s.")
                         % {"day": step.on, "last": since})  # fmt: skip
    if len(step.note) > MAX_NOTE:
        raise NotClimbed(gettext("Longer than %(n)d characters.") % {"n": MAX_NOTE})
    if step.stage == here:
        raise NotClimbed(gettext("It stands at “%(stage)s” already.") % {"stage": there})
    back = there in ladder.before(here)
    if not back and there not in ladder.after(here):
        if ladder.stage(here).ends or ladder.stage(here).is_aside:
            raise NotClimbed(gettext("Nothing comes after “%(stage)s”.")
                             % {"stage": ladder.stage(here)})  # fmt: skip
        raise NotClimbed(gettext("“%(stage)s” comes only after “%(between)s”.")
                         % {"stage": there,
                            "between": ladder.way[there.position - 1]})  # fmt: skip
    if (back or there.is_aside) and not step.note.strip():
        raise NotClimbed(gettext("Say why: this step leaves the way."))
    return back


def stuck(ladders: Iterable[Ladder], today: date | None = None) -> Q:
    """Return what says which climbers have been in their stage longer than usual."""
    today = today or local_day(now())
    found = Q(pk__in=[])
    for ladder in ladders:
        for stage in ladder.stages:
            if stage.usual_days is not None and not stage.ends:
                latest = today - timedelta(days=stage.usual_days)
                found |= Q(ladder=ladder.pk, stage=stage.code, stage_since__lt=latest)
    return found


def climbers() -> Iterator[type[Climber]]:
    """Find all kinds of things that climb."""
    for model in apps.get_models():
        if issubclass(model, Climber):
            yield model
