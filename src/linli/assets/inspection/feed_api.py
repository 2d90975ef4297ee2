"""Pictures sent to a station over HTTP: raw, or as a form with lot and serial beside them."""

from typing import Annotated, Any

from django.http import HttpRequest
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop
from ninja import Router
from pydantic import Field

from linli.assets.inspection import inbox, pictures
from linli.assets.inspection.models import Station
from linli.assets.inspection.naming import labelled
from linli.assets.inspection.who import may_judge, may_set_up
from linli.people.scope import scope
from linli.rest import Asked, Moment, Problem, Shape, Text, asked, found, operation

N = gettext_noop
router = Router()
MOST = 32  # pictures in a form
KINDS = {
    "image/jpeg": ".jpg", "image/png": ".png", "image/bmp": ".bmp", "image/tiff": ".tif",
    "image/webp": ".webp", "application/octet-stream": "",
}  # fmt: skip
ENDS = (
    (b"\xff\xd8", ".jpg"), (b"\x89PNG", ".png"), (b"BM", ".bmp"), (b"II*\0", ".tif"),
    (b"MM\0*", ".tif"), (b"RIFF", ".webp"),
)  # fmt: skip


class PictureQuery(Asked):
    """What is known of the part."""

    lot: Annotated[Text | None, Field(max_length=60, description=N("Lot of the part"))] = None
    serial: Annotated[
        Text | None, Field(max_length=60, description=N("Serial number of the part"))
    ] = None
    at: Annotated[Moment | None, Field(description=N("When it was taken"))] = None
    key: Annotated[
        Text | None,
        Field(max_length=200, description=N("The sender’s own number: a picture counts once")),
    ] = None


class ArrivedShape(Shape):
    """Pictures that wait to be judged."""

    taken: int
    keys: list[str]


@router.post("/stations/{code}/pictures", response={202: ArrivedShape}, **operation(
    N("Send pictures of parts to a station"),
    N("The body is one picture (image/jpeg and so on), or a form in parts with up to 32 files in "
      "“picture”. Lot and serial stand in the query or the form, else in the file’s name. The "
      "answer comes before the judgement; the same picture sent again counts once."),
    asks=PictureQuery, name="send_pictures"))  # fmt: skip
def send(request: HttpRequest, code: str) -> tuple[int, dict[str, Any]]:
    sight = scope(request.user)
    station: Station = found(sight.of(Station).select_related("asset").filter(code=code).first())
    if not (may_judge(sight, station) or may_set_up(sight, station)):
        raise Problem(403)
    if station.feed != Station.Feed.HTTP:
        raise Problem(409, _("This station takes its pictures from elsewhere."))
    told, files = _sent(request)
    keys = []
    for nth, (name, content) in enumerate(files):
        try:
            pictures.read(content, name or code)
        except pictures.BadPicture as fault:
            raise Problem(422, errors=[("picture", str(fault))]) from fault
        own = {field: value for field, value in told.items() if value}
        if own.get("key") and nth:
            own["key"] = f"{own['key']}#{nth}"
        label = labelled(station, name, content, own)
        own |= {"lot": label.lot, "serial": label.serial, "key": own.get("key") or label.key}
        suffix = next((end for start, end in ENDS if content.startswith(start)), ".png")
        # The name follows from what makes a picture count once: sent again, it lies there once.
        key = labelled(station, name, content, own).key
        try:
            inbox.put(station, f"{key[:40]}{suffix}", content, own)
        except inbox.Full as full:
            raise Problem(503, str(full), headers={"Retry-After": "5"}) from full
        keys.append(key)
    return 202, {"taken": len(files), "keys": keys}


def _sent(request: HttpRequest) -> tuple[dict[str, str], list[tuple[str, bytes]]]:
    """Return what is known of the parts, and the names and contents of their pictures."""
    query = asked(request, PictureQuery)
    told = query.model_dump(mode="json", exclude_none=True)
    if request.content_type == "multipart/form-data":
        sent = request.FILES.getlist("picture")
        if not 1 <= len(sent) <= MOST:
            raise Problem(422, errors=[("picture", _("One to %(n)d pictures.") % {"n": MOST})])
        if any((file.size or 0) > pictures.LARGEST_BYTES for file in sent):
            raise Problem(413)
        fields = {name: request.POST[name] for name in ("lot", "serial", "at", "key")
                  if request.POST.get(name)}  # fmt: skip
        return told | fields, [(file.name or "", file.read()) for file in sent]
    if request.content_type not in KINDS:
        raise Problem(415, _("Send it as %(known)s.")
                      % {"known": ", ".join([*KINDS, "multipart/form-data"])})  # fmt: skip
    return told, [("", _body(request))]


def _body(request: HttpRequest) -> bytes:
    """Return a raw body; a camera's picture may be larger than what a page sends."""
    length = int(request.headers.get("Content-Length") or 0)
    if length > pictures.LARGEST_BYTES:
        raise Problem(413)
    return request.read(pictures.LARGEST_BYTES + 1)
