"""What a request asks and gives: read against a model, and described by the same model."""

import re
from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Annotated, Any, TypeVar

import orjson
from django.core.exceptions import RequestDataTooBig
from django.core.files.uploadedfile import UploadedFile
from django.http import HttpRequest
from django.http.multipartparser import MultiPartParserError
from django.utils.translation import gettext as _
from pydantic import (
    AfterValidator,
    AwareDatetime,
    BaseModel,
    ConfigDict,
    StringConstraints,
    ValidationError,
)

from linli.rest.problems import Problem
from linli.wording import wording

JSON, MULTIPART = "application/json", "multipart/form-data"
# PostgreSQL stores no zero byte, and no text needs one.
Text = Annotated[str, StringConstraints(pattern=r"^[^\x00]*$")]
# Years of which every clock, calendar and database thinks the same.
EARLIEST, LATEST = 1970, 2200


def _is_a_moment_of_ours(moment: datetime) -> datetime:
    if not EARLIEST <= moment.year < LATEST:
        years = {"first": EARLIEST, "last": LATEST - 1}
        raise ValueError(_("must lie between %(first)d and %(last)d.") % years)
    return moment


Moment = Annotated[AwareDatetime, AfterValidator(_is_a_moment_of_ours)]
M = TypeVar("M", bound=BaseModel)


class Asked(BaseModel):
    """What stands in the query of a request; a name that is not known is a mistake."""

    model_config = ConfigDict(extra="forbid", allow_inf_nan=False)


class Given(BaseModel):
    """What stands in the body of a request, each value of its very kind."""

    model_config = ConfigDict(extra="forbid", strict=True, allow_inf_nan=False)


def operation(
    summary: str,
    description: str = "",
    *,
    asks: type[BaseModel] | None = None,
    takes: type[BaseModel] | None = None,
    files: str = "",
    example: Mapping[str, Any] | None = None,
    name: str = "",
) -> dict[str, Any]:
    """Return what describes an operation, for the decorator of a router.

    Parameters
    ----------
    asks, takes
        The models of its query and of its body.
    files
        The field in which files may come; the body may be a form in parts then.
    name
        The name of the operation in the document.
    """
    extra: dict[str, Any] = {}
    if asks is not None:
        extra["parameters"] = list(_parameters(asks))
    if takes is not None:
        extra["requestBody"] = _body(takes, files, example)
    described = {"summary": summary, "openapi_extra": extra}
    if description:
        described["description"] = description
    if name:
        described["operation_id"] = name
    return described


def _parameters(model: type[BaseModel]) -> Iterable[dict[str, Any]]:
    schema = plain(model.model_json_schema())
    for name, shape in schema["properties"].items():
        told = {"in": "query", "name": name, "required": name in schema.get("required", ())}
        if "description" in shape:
            told["description"] = shape.pop("description")
        told["schema"] = _part(shape)
        yield told


def _body(model: type[BaseModel], files: str, example: Mapping[str, Any] | None) -> dict[str, Any]:
    schema = _whole(plain(model.model_json_schema()))
    content: dict[str, Any] = {JSON: {"schema": schema}}
    if example:
        content[JSON]["example"] = dict(example)
    if files:
        several = {"type": "array", "items": {"type": "string", "format": "binary"}}
        parts = {
            name: _part(part) for name, part in schema["properties"].items()
        } | {files: several}  # fmt: skip
        content[MULTIPART] = {"schema": {**schema, "properties": parts}}
    return {"content": content, "required": True}


def _whole(schema: dict[str, Any]) -> dict[str, Any]:
    """Return a schema with the shapes it refers to in their places: a document knows no others."""
    known = schema.pop("$defs", {})

    def put(part: Any) -> Any:
        if isinstance(part, dict):
            if "$ref" in part:
                return put(plain(dict(known[part["$ref"].rpartition("/")[2]])))
            return {name: put(inner) for name, inner in part.items()}
        return [put(inner) for inner in part] if isinstance(part, list) else part

    whole: dict[str, Any] = put(schema)
    return whole


def _part(shape: dict[str, Any]) -> dict[str, Any]:
    """Return what a part of a form or query may be: there is no null in them."""
    options = [option for option in shape.get("anyOf", ()) if option.get("type") != "null"]
    rest = {k: v for k, v in shape.items() if k not in ("anyOf", "default")}
    return {**rest, **options[0]} if options else shape


def plain(schema: dict[str, Any]) -> dict[str, Any]:
    """Return a JSON schema without the titles that only repeat names."""
    if "properties" in schema:
        for name, part in schema["properties"].items():
            schema["properties"][name] = {k: v for k, v in part.items() if k != "title"}
    return {key: value for key, value in schema.items() if key not in ("title", "description")}


def asked(request: HttpRequest, model: type[M]) -> M:
    """Read the query of a request.

    Raises
    ------
    Problem
        422 with every parameter that is unknown or cannot be used.
    """
    lists = {
        name for name, field in model.model_fields.items() if "list" in str(field.annotation)
    }  # fmt: skip
    values = {
        name: request.GET.getlist(name) if name in lists else request.GET[name]
        for name in request.GET
    }
    try:
        return model.model_validate(values)
    except ValidationError as fault:
        raise unusable(fault, model) from fault


def given(
    request: HttpRequest, model: type[M], files: str = ""
) -> tuple[M, list[UploadedFile]]:  # fmt: skip
    """Read the body of a request: JSON, or a form in parts where files may come.

    Raises
    ------
    Problem
        400 if it cannot be read at all, 415 if it is of another kind, 422 with every field
        that is unknown, missing or cannot be used.
    """
    kind = request.content_type
    if files and kind == MULTIPART:
        return _form(request, model, files)
    if kind != JSON:
        known = f"{JSON}, {MULTIPART}" if files else JSON
        raise Problem(415, _("Send it as %(known)s.") % {"known": known})
    try:
        body = request.body
        orjson.loads(body)  # stricter than pydantic: no half surrogates, no NaN
    except RequestDataTooBig as fault:
        raise Problem(413) from fault
    except orjson.JSONDecodeError as fault:
        raise Problem(400, _("The body is no JSON: %(fault)s") % {"fault": fault}) from fault
    try:
        return model.model_validate_json(body), []
    except ValidationError as fault:
        raise unusable(fault, model) from fault


def _form(
    request: HttpRequest, model: type[M], files: str
) -> tuple[M, list[UploadedFile]]:  # fmt: skip
    try:
        parts, sent = request.POST, request.FILES
    except (MultiPartParserError, UnicodeDecodeError) as fault:
        raise Problem(400) from fault
    except RequestDataTooBig as fault:
        raise Problem(413) from fault
    if unknown := [name for name in sent if name != files] + [n for n in parts if n == files]:
        errors = [(name, _("Files belong in “%(name)s”.") % {"name": files}) for name in unknown]
        raise Problem(422, errors=errors)
    try:
        values = {name: parts[name] for name in parts}
        return model.model_validate(values, strict=False), sent.getlist(files)
    except ValidationError as fault:
        raise unusable(fault, model) from fault


def unusable(fault: ValidationError, model: type[BaseModel]) -> Problem:
    """Return the problem that names every field with what is wrong with it."""
    errors = [
        (re.sub(r"\.function-\w+.*", "", ".".join(str(step) for step in error["loc"])),
         wording(error, model))
        for error in fault.errors()
    ]  # fmt: skip
    return Problem(422, errors=errors)
