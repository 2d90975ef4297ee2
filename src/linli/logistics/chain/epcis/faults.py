"""What EPCIS answers when it says no (EPCIS 2.0, 12.3): problem details with its own types."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from django.utils.translation import gettext_lazy as _

VERSION = "2.0.0"
# Exception of the standard → (status, title).
KINDS: dict[str, tuple[int, Any]] = {
    "ValidationException": (400, _("The document or event is not valid")),
    "QueryParameterException": (400, _("A parameter of the query is not valid")),
    "QueryTooComplexException": (400, _("The query is too complex")),
    "QueryTooLargeException": (413, _("The query would give too much")),
    "SubscribeNotPermittedException": (501, _("Subscriptions are not offered here")),
    "NoSuchNameException": (404, _("There is no such query")),
    "DuplicateNameException": (409, _("There is such a query already")),
    "SecurityException": (403, _("Not yours to do")),
    "UnauthorizedException": (401, _("No valid key")),
    "NoSuchResourceException": (404, _("There is no such thing")),
    "ResourceAlreadyExistsException": (409, _("This event was captured before")),
    "NotAcceptableException": (406, _("Not offered in this form")),
    "UnsupportedMediaTypeException": (415, _("Content of the wrong kind")),
    "CaptureLimitExceededException": (413, _("Too much at once")),
    "MethodNotAllowedException": (405, _("Not possible in this way")),
    "ImplementationException": (500, _("Something went wrong here")),
}


@dataclass(frozen=True)
class Fault:
    """What is wrong: the place of the event in the list (from 0), its field, and in words."""

    event: int | None
    field: str
    message: str

    def told(self) -> dict[str, Any]:
        """Return it as JSON has it."""
        return {"event": self.event, "field": self.field, "message": self.message}

    def __str__(self) -> str:
        from django.utils.translation import gettext

        if self.event is None:
            return f"{self.field}: {self.message}" if self.field else self.message
        words = gettext("Event %(n)d, “%(field)s”: %(message)s")
        return words % {"n": self.event + 1, "field": self.field, "message": self.message}


@dataclass
class EpcisException(Exception):
    """An exception of the standard by its name, with what exactly is wrong."""

    kind: str
    detail: str = ""
    faults: Sequence[Fault] = field(default_factory=tuple)

    @property
    def status(self) -> int:
        """The HTTP status."""
        return KINDS[self.kind][0]

    def told(self) -> dict[str, Any]:
        """Return the problem as JSON has it."""
        status, title = KINDS[self.kind]
        found: dict[str, Any] = {
            "type": f"epcisException:{self.kind}", "title": str(title), "status": status,
        }  # fmt: skip
        if self.detail or self.faults:
            found["detail"] = self.detail or str(self.faults[0])
        if self.faults:
            found["errors"] = [fault.told() for fault in self.faults]
        return found
