"""Revoking a key over REST.

A key is issued on its page alone: a key that could issue others would reach beyond its scopes.
"""

from typing import Any

from django.http import HttpRequest
from django.utils.translation import gettext_noop
from ninja import Router

from linli.doors import keys
from linli.doors.models import ApiKey
from linli.doors.tables import KEYS
from linli.people.models import User
from linli.people.scope import scope
from linli.rest import by_key, operation, row_of, row_shape

N = gettext_noop
router = Router(tags=["keys"])


@router.post("/keys/{key}/revoke", response=row_shape("keys", alone=True), **operation(
    N("Let a key open nothing any more"),
    N("One's own, and for administrators those of the people in reach."),
    name="revoke_key"))  # fmt: skip
def revoke(request: HttpRequest, key: int) -> dict[str, Any]:
    row: ApiKey = by_key(scope(request.user).of(ApiKey).select_related("owner"), key)
    assert isinstance(request.user, User)
    keys.revoke(row, request.user)
    return row_of(KEYS, row, alone=True)
