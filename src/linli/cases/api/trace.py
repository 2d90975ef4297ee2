"""What happened to a case, in words."""

from typing import Any

from django.http import HttpRequest
from django.utils.timezone import localtime
from django.utils.translation import gettext_noop
from ninja import Router

from linli.cases.api.found import case_for
from linli.cases.models import Case
from linli.cases.timeline import Line, tell
from linli.cases.visibility import in_office
from linli.rest import Moment, Shape, operation

N = gettext_noop
router = Router()


class ToldShape(Shape):
    """Something that was said in a step."""

    label: str
    value: str


class FileShape(Shape):
    """A file that shows what was found or done."""

    id: int
    content_type: str
    at: Moment


class EventShape(Shape):
    """One step that was taken, in words."""

    action: str
    label: str
    at: Moment
    by: str
    sentence: str
    told: list[ToldShape]
    remarks: list[str]
    files: list[FileShape]


class EventsShape(Shape):
    """The trace of a case, the newest step first."""

    items: list[EventShape]


def _event(line: Line) -> dict[str, Any]:
    return {
        "action": line.action,
        "label": str(line.label),
        "at": localtime(line.at),
        "by": str(line.by),
        "sentence": str(line.sentence),
        "told": [{"label": str(label), "value": str(value)} for label, value in line.told],
        "remarks": [str(remark) for remark in line.remarks],
        "files": [
            {"id": file.pk, "content_type": file.content_type, "at": localtime(file.at)}
            for file in line.files
        ],
    }


@router.get("/cases/{code}/events", response=EventsShape, **operation(
    N("What happened to a case, in words"),
    N("As far as the owner of the key may know it; the newest step first."),
    name="case_events"))  # fmt: skip
def events(request: HttpRequest, code: str) -> dict[str, Any]:
    case, sight = case_for(request, code)
    official = sight.of(Case).filter(in_office(sight), pk=case.pk).exists()
    return {"items": [_event(line) for line in tell(case, sight, official)]}
