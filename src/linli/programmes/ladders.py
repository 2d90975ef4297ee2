"""Ladders (阶段): stages something goes through one after another, and what it means to climb.

A pack declares a ladder; what climbs it is a `Climber`, and each of its steps a row of a
`Climb`. Steps are added, never changed or taken away: who went up too early goes back, and says
why. A stage `aside` lies beside the way (given up, handed over): it may be entered from any
stage that does not end.
"""

from dataclasses import dataclass
from datetime import date
from typing import Any

from django.db import models
from django.db.models import Q
from django.utils.functional import cached_property
from django.utils.translation import get_language, gettext

from linli.clock import now
from linli.people.models import User
from linli.people.scope import Scope, visible
from linli.places.models import Named
from linli.scores.periods import local_day

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
