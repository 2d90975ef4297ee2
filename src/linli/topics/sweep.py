"""Looking over the reports of the last weeks for hot topics, and keeping what was found.

The worker does it now and then, beside its clocks, in time that does not grow with the
town's history: at most `MOST` reports of the last `WINDOW` are read.
"""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

import numpy as np
from django.db import transaction

from linli.cases.models import SELF_FOUND, Report, Source, State
from linli.clock import now
from linli.engines.text import Topic as Found
from linli.engines.text import hot_topics
from linli.places.atlas import atlas
from linli.topics.models import Member, Sweep, Topic

WINDOW = timedelta(days=90)
WEEKS = 13
# 7,100 reports (90 days of 58,000 cases in two years) take 7 s and 0.7 GB; both grow with the
# square of their number.
MOST = 8000
EVERY = timedelta(hours=6)
LIMIT = 20
SAME = 0.3  # of all their cases two topics share, to be one and the same
PEOPLE_SAY = sorted((set(Source) - SELF_FOUND) | {Source.STEWARD, Source.PATROL})


@dataclass(frozen=True)
class Told:
    """What a sweep reads of a report."""

    pk: int
    case: int
    title: str
    body: str
    created: datetime
    likes: int
    person: str
    place: str


def is_due() -> bool:
    """Tell whether something came in since the last sweep, and that was long enough ago."""
    last = Sweep.objects.order_by("-id").first()
    if last is not None and now() - last.at < EVERY:
        return False
    newest = Report.objects.order_by("-id").values_list("id", flat=True).first() or 0
    return newest > (last.newest if last else 0)


def sweep() -> int:
    """Find the topics of the last weeks, keep them, and return how many there are."""
    told = _told()
    found = hot_topics(
        [str(t.pk) for t in told], [t.title for t in told], [t.body for t in told],
        np.array([_naive(t.created) for t in told], dtype="datetime64[s]"),
        [t.likes for t in told], [t.place for t in told], [t.person for t in told],
        limit=LIMIT, now=np.datetime64(_naive(now()), "s"),
    ) if told else []  # fmt: skip
    with transaction.atomic():
        _keep(found, {str(t.pk): t for t in told})
        newest = max((t.pk for t in told), default=0)
        Sweep.objects.create(at=now(), newest=newest, read=len(told))
        Sweep.objects.exclude(
            pk__in=list(Sweep.objects.order_by("-id").values_list("pk", flat=True)[:50])
        ).delete()
    return len(found)


def _naive(moment: datetime) -> datetime:
    return moment.astimezone(UTC).replace(tzinfo=None)


def _told() -> list[Told]:
    rows = (
        Report.objects.filter(created__gte=now() - WINDOW, source__in=PEOPLE_SAY)
        .exclude(case__state=State.CANCELLED)
        .order_by("-id")
        .values_list("pk", "case_id", "title", "body", "created", "likes", "reporter_id",
                     "case__community_grid_id")[:MOST]
    )  # fmt: skip
    town = atlas()
    found = []
    for pk, case, title, body, created, likes, reporter, grid in rows:
        area = town.areas.get(grid)
        above = town.areas.get(area.parent_id) if area and area.parent_id else None
        person = f"user {reporter}" if reporter else f"report {pk}"
        place = (above or area).name if area else ""
        found.append(Told(pk, case, title, body, created, likes, person, place))
    return found[::-1]


def _keep(found: Sequence[Found], told: dict[str, Told]) -> None:
    """Write what was found; a topic found again keeps its row."""
    known: dict[int, set[int]] = {}
    for key, case in Member.objects.filter(topic__rank__isnull=False).values_list(
        "topic_id", "case_id"
    ):
        known.setdefault(key, set()).add(case)
    rows = Topic.objects.in_bulk(known)
    Topic.objects.filter(rank__isnull=False).update(rank=None)
    for rank, topic in enumerate(found, 1):
        cases = {told[report].case for report in topic.ids}
        before = _same(cases, known)
        row = rows[before] if before is not None else Topic()
        known.pop(before or 0, None)
        row.title, row.place, row.terms = topic.title[:200], topic.place[:120], list(topic.terms)
        row.rank, row.count, row.people, row.likes = rank, topic.count, topic.people, topic.likes
        row.growth = round(topic.growth, 3)
        times = [told[report].created for report in topic.ids]
        row.since, row.until, row.curve = min(times), max(times), curve(times)
        row.save()
        row.members.exclude(case__in=cases).delete()
        Member.objects.bulk_create(
            [Member(topic=row, case_id=case) for case in sorted(cases)], ignore_conflicts=True
        )
    # A topic that was made one joint case stays to be looked up; others are forgotten.
    Topic.objects.filter(rank=None, joint=None).delete()


def _same(cases: set[int], known: dict[int, set[int]]) -> int | None:
    """Return the topic known before that shares most cases with these, if it is the same."""
    shares = [(len(cases & were) / len(cases | were), -key) for key, were in known.items()]
    best = max(shares, default=(0.0, 0))
    return -best[1] if best[0] >= SAME else None


def curve(times: Sequence[datetime]) -> list[int]:
    """Count the reports of each of the last weeks, oldest first."""
    weeks = Counter(min((now() - at) // timedelta(days=7), WEEKS - 1) for at in times)
    return [weeks[age] for age in range(WEEKS - 1, -1, -1)]
