"""How the API says no: problem details as RFC 9457 has them, in the language that was asked for."""

from collections.abc import Iterable, Mapping
from typing import Any, TypeVar

import orjson
from django.db.models import QuerySet
from django.http import HttpResponse
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from pydantic import BaseModel, ConfigDict, Field

PROBLEM_TYPE = "application/problem+json"
# Status → name in the address that explains it, title.
KINDS: dict[int, tuple[str, str | Promise]] = {
    400: ("unreadable", _("The request cannot be read")),
    401: ("no-key", _("No valid key")),
    403: ("forbidden", _("Not yours to do")),
    404: ("not-found", _("There is no such thing")),
    405: ("method", _("Not possible in this way")),
    409: ("conflict", _("Not possible now")),
    413: ("too-large", _("Too large")),
    415: ("media-type", _("Content of the wrong kind")),
    422: ("unusable", _("Something given cannot be used")),
    429: ("too-many", _("Too many requests")),
    500: ("failure", _("Something went wrong here")),
}
T = TypeVar("T")


class FieldFault(BaseModel):
    """What is wrong with one field."""

    model_config = ConfigDict(extra="forbid")

    field: str
    message: str


class ProblemShape(BaseModel):
    """Why a request was not answered as it wished (RFC 9457)."""

    model_config = ConfigDict(extra="forbid", title="Problem")

    type: str
    title: str
    status: int
    detail: str
    errors: list[FieldFault] = Field(default=[], json_schema_extra={"default": []})


class Problem(Exception):
    """A request that is not answered as it wished.

    `errors` are pairs of a field and what is wrong with it.
    """

    def __init__(
        self,
        status: int,
        detail: Any = "",
        errors: Iterable[tuple[str, Any]] = (),
        headers: Mapping[str, str] | None = None,
    ) -> None:
        super().__init__(status, detail)
        self.status = status
        self.detail = detail
        self.errors = list(errors)
        self.headers = headers or {}

    def response(self) -> HttpResponse:
        """Return the answer that says it."""
        name, title = KINDS[self.status]
        told = {
            "type": f"/api/#{name}",
            "title": str(title),
            "status": self.status,
            "detail": str(self.detail or title),
            "errors": [
                {"field": str(field), "message": str(message)} for field, message in self.errors
            ],
        }
        response = HttpResponse(orjson.dumps(told), status=self.status, content_type=PROBLEM_TYPE)
        for name, value in self.headers.items():
            response[name] = value
        return response


def found(row: T | None) -> T:
    """Return what was found; what is not there, or not for this person, is a problem."""
    if row is None:
        raise Problem(404)
    return row


def by_key(rows: QuerySet[Any], key: int) -> Any:
    """Return the row with a number of the database, if it is among `rows`."""
    return found(rows.filter(pk=key).first() if 0 < key < 2**63 else None)
