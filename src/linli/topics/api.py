"""Hot topics over REST: their curve, their cases, the joint case, and looking for them anew."""

from typing import Any

from django.http import HttpRequest
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop
from ninja import Router

from linli.cases.models import Case
from linli.cases.tables import CASES
from linli.people.models import User
from linli.people.scope import Scope, scope
from linli.people.tables import works_here
from linli.rest import (
    PageQuery,
    Problem,
    Shape,
    asked,
    by_key,
    operation,
    page_of,
    page_shape,
    row_of,
)
from linli.topics import joint, sweep
from linli.topics.models import Topic

N = gettext_noop
router = Router()


def _sight(request: HttpRequest) -> Scope:
    sight = scope(request.user)
    if not works_here(sight):
        raise Problem(403)
    return sight


def _topic(sight: Scope, key: int) -> Topic:
    topic: Topic = by_key(sight.of(Topic), key)
    return topic


class CurveShape(Shape):
    """How many reports told of a topic in each of the last weeks, the oldest first."""

    weeks: list[int]
    recent: int
    before: int


@router.get("/topics/{key}/curve", response=CurveShape, **operation(
    N("How many reports told of a topic in each week"),
    N("The oldest week first; and the sums of the last four weeks and of the four before."),
    name="topic_curve"))  # fmt: skip
def curve(request: HttpRequest, key: int) -> dict[str, Any]:
    weeks = _topic(_sight(request), key).curve
    return {"weeks": weeks, "recent": sum(weeks[-4:]), "before": sum(weeks[-8:-4])}


@router.get("/topics/{key}/cases", response=page_shape("cases"), **operation(
    N("The cases that tell of a topic"), N("As far as the owner of the key sees them."),
    asks=PageQuery, name="topic_cases"))  # fmt: skip
def cases(request: HttpRequest, key: int) -> dict[str, Any]:
    sight = _sight(request)
    topic = _topic(sight, key)
    page = page_of(sight.of(Case).filter(topics=topic), CASES, asked(request, PageQuery))
    return {"items": [row_of(CASES, row) for row in page.rows], "next": page.next}


class JointShape(Shape):
    """What became of a topic's cases: the joint case, and how many were merged or noted."""

    case: str
    merged: int
    noted: int
    organisations: int


def _joiner(request: HttpRequest) -> Scope:
    sight = _sight(request)
    if not joint.may_join(sight):
        words = _("Only a dispatcher or supervisor of this place makes a joint case.")
        raise Problem(403, words)
    return sight


@router.post("/topics/{key}/joint", response=JointShape, **operation(
    N("Make one joint case of a topic's open cases"),
    N("The eldest leads; the others are merged into it or point to it, and their "
      "organisations are called in."), name="join_topic"))  # fmt: skip
def join(request: HttpRequest, key: int) -> dict[str, Any]:
    topic = _topic(_joiner(request), key)
    assert isinstance(request.user, User)
    made = joint.join(topic, request.user)
    return {
        "case": made.case.code,
        "merged": made.merged,
        "noted": made.noted,
        "organisations": made.organisations,
    }


class SweptShape(Shape):
    """How many topics were found."""

    found: int


@router.post("/topics/look", response=SweptShape, **operation(
    N("Look for topics now instead of when it is due"), name="look_for_topics"))  # fmt: skip
def look(request: HttpRequest) -> dict[str, Any]:
    _joiner(request)
    return {"found": sweep.sweep()}
