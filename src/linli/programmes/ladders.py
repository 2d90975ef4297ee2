"""Ladders (阶段): stages something goes through one after another, and what it means to climb.

A pack declares a ladder; what climbs it is a `Climber`, and each of its steps a row of a
`Climb`. Steps are added, never changed or taken away: who went up too early goes back, and says
why. A stage `aside` lies beside the way (given up, handed over): it may be entered from any
stage that does not end.
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any, Self, TypeVar

from django.apps import apps
from django.db import models, transaction
from django.db.models import Q
from django.utils.functional import cached_property
from django.utils.translation import get_language, gettext

from linli import bulk
from linli.clock import now
from linli.people.models import User
from linli.people.scope import Scope, visible
from linli.places.models import Named
from linli.scores.periods import local_day

EARLIEST = date(1990, 1, 1)
MAX_NOTE = 500


class NotClimbed(ValueError):
    """A step that the ladder or what stands on it does not allow; the message says why."""


@dataclass(frozen=True)
class Stage:
    """One stage of a ladder.

    Attributes
    ----------
    position
        From 0 on along the way; -1 for a stage aside.
    usual_days
        How many days things usually stay here; None where that says nothing.
    ends
        Nothing comes after it.
    optional
        It may be passed over.
    """

    code: str
    name: str
    name_en: str
    position: int
    usual_days: int | None
    ends: bool
    optional: bool

    @property
    def is_aside(self) -> bool:
        return self.position < 0

    def __str__(self) -> str:
        english = (get_language() or "").startswith("en")
        return self.name_en if english and self.name_en else self.name


class Ladder(Named):
    """A ladder, as a pack declares it: `steps` are its stages in order, those aside last."""

    code = models.SlugField(unique=True)
    pack = models.SlugField()
    steps = models.JSONField(default=list)
    retired = models.BooleanField(default=False)

    class Meta:
        ordering = ["code"]

    @cached_property
    def stages(self) -> tuple[Stage, ...]:
        """The stages along the way, and after them those aside."""
        way = [step for step in self.steps if not step["aside"]]
        return tuple(
            Stage(step["code"], step["name"], step["name_en"], position, step["usual_days"],
                  step["ends"], step["optional"])
            for position, step in (
                *enumerate(way), *((-1, step) for step in self.steps if step["aside"])
            )
        )  # fmt: skip

    @cached_property
    def way(self) -> tuple[Stage, ...]:
        """The stages along the way."""
        return tuple(stage for stage in self.stages if not stage.is_aside)

    def stage(self, code: str) -> Stage:
        """Return a stage by its code.

        Raises
        ------
        NotClimbed
            If the ladder has none of that code.
        """
        for stage in self.stages:
            if stage.code == code:
                return stage
        raise NotClimbed(gettext("There is no stage “%(code)s”.") % {"code": code})

    def name_of(self, code: str) -> str:
        """Return the name of a stage in the language of the page; the code if it is unknown."""
        return next((str(stage) for stage in self.stages if stage.code == code), code)

    def after(self, code: str) -> list[Stage]:
        """Return the stages that may come next without going back, those aside last."""
        if not code:
            return list(self.way)
        here = self.stage(code)
        if here.ends or here.is_aside:
            return []
        ahead = []
        for stage in self.way[here.position + 1 :]:
            ahead.append(stage)
            if not stage.optional:
                break
        return [*ahead, *(stage for stage in self.stages if stage.is_aside)]

    def before(self, code: str) -> list[Stage]:
        """Return the stages to which something on `code` may go back."""
        if not code:
            return []
        here = self.stage(code)
        return list(self.way if here.is_aside else self.way[: here.position])


@visible(Ladder)
def _ladders(scope: Scope) -> Q:
    return Q(retired=False)


class Climber(models.Model):
    """What climbs a ladder: where it stands, and since when. `climbs` are its steps."""

    ladder = models.ForeignKey(Ladder, models.PROTECT, related_name="+")
    stage = models.CharField(max_length=40, blank=True, db_index=True)
    stage_since = models.DateField(null=True, blank=True)

    class Meta:
        abstract = True

    @property
    def stage_name(self) -> str:
        """Say where it stands."""
        return self.ladder.name_of(self.stage) if self.stage else gettext("Not begun")

    def days_here(self, today: date | None = None) -> int:
        """Return how many days it has been in its stage."""
        since = self.stage_since
        return ((today or local_day(now())) - since).days if since else 0

    def over_by(self, today: date | None = None) -> int:
        """Return by how many days it is in its stage longer than usual; 0 if it is not."""
        if not self.stage:
            return 0
        stage = self.ladder.stage(self.stage)
        if stage.usual_days is None or stage.ends:
            return 0
        return max(0, self.days_here(today) - stage.usual_days)


class Climb(models.Model):
    """A step onto a stage: when, by whom, and whether it went back.

    A concrete kind adds `thing`, a foreign key to what climbs, with `related_name="climbs"`.
    """

    stage = models.CharField(max_length=40)
    on = models.DateField()
    by = models.ForeignKey(User, models.PROTECT, null=True, blank=True, related_name="+")
    note = models.CharField(max_length=MAX_NOTE, blank=True)
    back = models.BooleanField(default=False)
    at = models.DateTimeField()

    class Meta:
        abstract = True
        ordering = ["on", "id"]

    def save(self, *args: Any, **kwargs: Any) -> None:
        """Keep a new step. Raises NotClimbed for one that stands already."""
        if self.pk is not None:
            raise NotClimbed("a step that was taken is not changed")
        super().save(*args, **kwargs)

    def delete(self, *args: Any, **kwargs: Any) -> Any:
        """Refuse. Raises NotClimbed."""
        raise NotClimbed("a step that was taken is not taken away")


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


@dataclass(frozen=True)
class Passage:
    """The way of one thing from one stage to a later one.

    `days` from when it first came onto the one until it first came onto the other; where it has
    not arrived (`arrived` is false), until it was given up, or until today.
    """

    days: int
    arrived: bool

    @classmethod
    def between(
        cls, ladder: Ladder, climbs: Sequence[Climb], start: str, end: str, today: date
    ) -> Self | None:
        """Read it from the steps of one thing, in order; None if it never came onto `start`.

        A step back does not unmake what came before: the clock runs from the first arrival, so
        that a way gone twice counts as the long way it was. Whoever passed over `start` came
        onto it with the step that passed it.
        """
        first, last = ladder.stage(start).position, ladder.stage(end).position
        began: date | None = None
        for step in climbs:
            position = ladder.stage(step.stage).position
            if position < 0:
                return cls((step.on - began).days, False) if began else None
            if began is None and position >= first:
                began = step.on
            if began is not None and position >= last:
                return cls((step.on - began).days, True)
        return cls((today - began).days, False) if began else None


def passages(
    ladder: Ladder, histories: Iterable[Sequence[Climb]], start: str, end: str, today: date
) -> list[Passage]:
    """Return the ways of all who came onto `start`; each history is in order."""
    found = (Passage.between(ladder, steps, start, end, today) for steps in histories)
    return [passage for passage in found if passage is not None]


def along(
    ladder: Ladder, steps: Iterable[tuple[int, str, date]], today: date
) -> dict[str, list[Passage]]:
    """Return, for each stage of the way but the first, the ways to it from the stage before.

    As `passages` for all neighbouring stages at once, in one pass.

    Parameters
    ----------
    steps
        Key of the thing, stage, day; for each thing in order.
    """
    positions = {stage.code: stage.position for stage in ladder.stages}
    size = len(ladder.way)
    arrivals: dict[int, list[date | None]] = {}
    dropped: dict[int, list[date]] = {}
    for key, stage, on in steps:
        own = arrivals.setdefault(key, [None] * size)
        position = positions.get(stage, -1)
        if position < 0:
            dropped.setdefault(key, []).append(on)
            continue
        for at in range(position, -1, -1):
            if own[at] is not None:
                break
            own[at] = on
    found: dict[str, list[Passage]] = {stage.code: [] for stage in ladder.way[1:]}
    for key, own in arrivals.items():
        for at in range(size - 1):
            began, arrived = own[at], own[at + 1]
            if began is None:
                break
            given_up = [on for on in dropped.get(key, ()) if on >= began]
            if given_up and (arrived is None or given_up[0] < arrived):
                passage = Passage((given_up[0] - began).days, False)
            elif arrived is not None:
                passage = Passage((arrived - began).days, True)
            else:
                passage = Passage((today - began).days, False)
            found[ladder.way[at + 1].code].append(passage)
    return found


def climbers() -> Iterator[type[Climber]]:
    """Find all kinds of things that climb."""
    for model in apps.get_models():
        if issubclass(model, Climber):
            yield model
