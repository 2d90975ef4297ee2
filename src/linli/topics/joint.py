"""Making one joint case of a topic: the eldest open case leads, the others go into it.

Every step is one of the loop's, so each is permitted, told and chained as by hand. Where the
table does not allow a merger (a case already resolved, say) a note points to the joint case.
"""

from dataclasses import dataclass

from django.db import transaction
from django.utils.translation import gettext as _

from linli.cases import loop
from linli.cases.actors import OVER_AREA, standing
from linli.cases.models import OPEN, WORKING, Assignment, Case
from linli.cases.refusal import Refused
from linli.clock import now
from linli.people.models import User
from linli.people.scope import Scope, scope
from linli.topics.models import Topic

MAY = loop.ACTIONS["merge"].who
MOST = 60  # cases in one go: each is several steps of the loop


@dataclass(frozen=True)
class Joined:
    """What became of a topic's cases: the joint case, and how many were merged or noted."""

    case: Case
    merged: int
    noted: int
    organisations: int


def open_cases(topic: Topic, sight: Scope) -> list[Case]:
    """Return the open cases of a topic that this person sees, the eldest first."""
    cases = sight.of(Case).filter(topics=topic, state__in=OPEN).order_by("reported_at", "id")
    return list(cases[:MOST])


def may_join(sight: Scope) -> bool:
    """Tell whether this person makes joint cases: who may merge, by the table of the loop."""
    return sight.has(*(role for actor, role in OVER_AREA.items() if actor in MAY))


def join(topic: Topic, by: User) -> Joined:
    """Make one joint case of the topic's open cases.

    Raises
    ------
    Refused
        If the person may not merge the eldest case's like, or there are not two open cases.
        Nothing is written then.
    """
    with transaction.atomic():
        topic = Topic.objects.select_for_update().get(pk=topic.pk)
        cases = open_cases(topic, scope(by))
        if len(cases) < 2:
            raise Refused(_("A joint case needs at least two open cases."))
        lead, *others = cases
        if not MAY & standing(lead, Scope(by)):
            raise Refused(_("Only a dispatcher or supervisor of this place makes a joint case."))
        reason = _("Joint case of the topic “%(topic)s”") % {"topic": topic.title}
        there = _organisations([lead])
        wanted = _organisations(others)
        merged = noted = 0
        for case in others:
            permitted = loop.permitted(case, Scope(by))
            if "merge" in permitted:
                loop.act(case, "merge", by, into=lead, reason=reason)
                merged += 1
            elif "note" in permitted:
                said = _("Belongs to joint case %(code)s (%(reason)s).")
                loop.act(case, "note", by, text=said % {"code": lead.code, "reason": reason})
                noted += 1
        called = _call_in(lead, wanted.keys() - there.keys(), wanted, by, reason)
        topic.joint, topic.joined_at = lead, now()
        topic.save(update_fields=["joint", "joined_at"])
    return Joined(lead, merged, noted, called)


def _organisations(cases: list[Case]) -> dict[int, Assignment]:
    rows = Assignment.objects.filter(case__in=cases, active=True).select_related("organisation")
    return {row.organisation_id: row for row in rows.order_by("-id")}


def _call_in(
    lead: Case, keys: set[int], wanted: dict[int, Assignment], by: User, reason: str
) -> int:
    """Call the organisations of the others in, as far as the joint case is under way."""
    if lead.state not in WORKING:
        return 0
    for key in sorted(keys):
        loop.act(lead, "join", by, organisation=wanted[key].organisation, reason=reason)
    return len(keys)
