"""A bulletin sent on by e-mail: a line and a link, to people who may open it themselves."""

import uuid
from collections.abc import Collection
from typing import Any

from django.conf import settings
from django.urls import reverse
from django.utils.http import urlencode

from linli import bulk
from linli.clock import now
from linli.doors.models import Message, NoticeChoice
from linli.doors.outbox import when
from linli.indicators.bulletins import issues, reach
from linli.indicators.bulletins.models import Issue
from linli.people.models import Membership, User
from linli.people.scope import scope
from linli.places.models import Area


def recipients(area: Area | None, by: User) -> list[User]:
    """Return the others who lead the work of an area and have an address for notices."""
    if not settings.EMAIL_HOST:
        return []
    reachable = NoticeChoice.objects.filter(confirmed=True).exclude(address="").values("user")
    rows = Membership.objects.filter(
        user__in=reachable, user__is_active=True, role__in=reach.LEADING,
        organisation__retired=False,
    ).exclude(user=by).order_by("user__username")  # fmt: skip
    path = (area or reach.root()).path
    found = rows.select_related("user", "organisation__area").defer("organisation__area__wkb")
    return list(dict.fromkeys(
        row.user for row in found if path.startswith(row.organisation.area.path)
    ))  # fmt: skip


def send(issue: Issue, area: Area | None, by: User, usernames: Collection[str]) -> int:
    """Send a bulletin on; return to how many.

    Raises
    ------
    NotYours
        If `by` does not lead the work of the area.
    """
    if not reach.may(scope(by), area):
        raise issues.NotYours
    chosen = [user for user in recipients(area, by) if user.username in usernames]
    query: dict[str, Any] = {"area": area.code if area else "", "version": issue.version}
    given = {key: value for key, value in query.items() if value}
    payload = {
        "said": {language: f"{told['title']} · {told['words']}"
                 for language, told in issue.told.items()},
        "path": f"{reverse('bulletin', args=[issue.period])}?{urlencode(given)}",
    }  # fmt: skip
    moment = now()
    choices = {one.user_id: one for one in NoticeChoice.objects.filter(user__in=chosen)}
    bulk.insert([
        Message(
            kind=Message.Kind.EMAIL, user=user, address=choices[user.pk].address, at=moment,
            next_at=when(choices[user.pk], moment), key=str(uuid.uuid4()), payload=payload,
        )
        for user in chosen
    ])  # fmt: skip
    return len(chosen)
