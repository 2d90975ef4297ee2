"""Teaching a station: a new version is asked for here, and learnt by a process of its own."""

from dataclasses import dataclass

from django.db import transaction
from django.db.models import Count, Max, Q
from django.utils.translation import gettext as _

from linli.assets.inspection import pictures
from linli.assets.inspection.models import Inspection, Station, Verdict, Version
from linli.assets.inspection.who import may_judge, may_set_up
from linli.cases.refusal import Refused
from linli.clock import now
from linli.people.models import User
from linli.people.scope import scope


@dataclass(frozen=True)
class Judged:
    """How many parts people judged: to learn from, and held back to measure on."""

    good: int = 0
    flawed: int = 0
    held_back_good: int = 0
    held_back_flawed: int = 0
    since: int = 0  # judged after the version in use was asked for

    @property
    def all(self) -> int:
        return self.good + self.flawed + self.held_back_good + self.held_back_flawed


def samples(station: Station) -> Judged:
    """Count what people judged at a station."""
    # By the time of it: an index holds those alone, with all that is counted here.
    rows = Inspection.objects.filter(station=station, judged_at__isnull=False)
    asked = Version.objects.filter(pk=station.version_id or 0).values_list("asked_at", flat=True)
    later = Q(judged_at__gt=asked[0] if asked else now())
    groups = rows.order_by().values_list("verdict", "judgement", "held_back")
    counts: dict[tuple[bool, bool], int] = {}
    new = 0
    for verdict, judgement, held_back, n, since in groups.annotate(
        n=Count("*"), since=Count("judged_at", filter=later)
    ):
        is_flawed = (verdict == Verdict.FLAWED) == (judgement == Inspection.Judgement.CONFIRMED)
        key = (is_flawed, held_back)
        counts[key] = counts.get(key, 0) + n
        new += since
    return Judged(
        counts.get((False, False), 0), counts.get((True, False), 0),
        counts.get((False, True), 0), counts.get((True, True), 0), new,
    )  # fmt: skip


def teach(station: Station, by: User) -> Version:
    """Ask for a new version, learnt from all that is known to be good or flawed by now.

    Raises
    ------
    Refused
        If `by` neither sets the station up nor judges its parts, a version is being learnt, or
        there is nothing new to learn from.
    """
    sight = scope(by)
    if not (may_set_up(sight, station) or may_judge(sight, station)):
        raise Refused(_("Only those who set this station up teach it."))
    if samples(station).all == 0 and not has_samples(station):
        raise Refused(_("Nothing was judged yet, and no good parts were given to learn from."))
    return ask(station, by)


def ask(station: Station, by: User | None = None) -> Version:
    """Ask for a new version.

    Raises
    ------
    Refused
        If one is being learnt.
    """
    with transaction.atomic():
        locked = Station.objects.select_for_update(of=("self",)).get(pk=station.pk)
        own = Version.objects.filter(station=locked)
        if own.filter(state=Version.State.FITTING).exists():
            raise Refused(_("A version is being learnt already."))
        last = own.aggregate(last=Max("number"))["last"] or 0
        return Version.objects.create(
            station=locked, number=last + 1, state=Version.State.FITTING, asked_at=now(), by=by
        )


def has_samples(station: Station) -> bool:
    """Tell whether pictures to learn from were given for a station."""
    folder = pictures.home() / "samples" / station.code
    return folder.is_dir() and any(folder.rglob("*.*"))


def are_wanted() -> bool:
    """Tell whether a version waits to be learnt."""
    return Version.objects.filter(state=Version.State.FITTING).exists()
