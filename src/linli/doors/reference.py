"""The reference for people: the OpenAPI document as a page, in the look of the house."""

from dataclasses import dataclass, field
from functools import lru_cache
from typing import Any

import orjson
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import translation
from django.views.decorators.http import require_safe

from linli.doors import keys
from linli.doors.api import api
from linli.rest.problems import KINDS

FIRST_OF_PATH = "/api/v1"
EXAMPLE = 'curl -H "Authorization: Bearer linli_…" "%s/cases?limit=20"'


@dataclass(frozen=True)
class Field:
    """One parameter, or one field of a body."""

    name: str
    kind: str
    required: bool
    words: str


@dataclass(frozen=True)
class Operation:
    """One operation as the page shows it."""

    name: str
    method: str
    path: str
    summary: str
    words: str
    scope: str
    parameters: list[Field]
    body: list[Field]
    files: str
    example: str
    answers: list[tuple[str, str]]


@dataclass
class Subject:
    """The operations of one subject."""

    name: str
    label: str
    operations: list[Operation] = field(default_factory=list)


def _kind(shape: dict[str, Any]) -> str:
    """Say in a word or two what a value is."""
    if "anyOf" in shape:
        options = [_kind(option) for option in shape["anyOf"] if option.get("type") != "null"]
        return " | ".join(options)
    if "enum" in shape:
        return " | ".join(str(value) for value in shape["enum"])
    if "const" in shape:
        return str(shape["const"])
    if shape.get("type") == "array":
        return f"[{_kind(shape['items'])}]"
    return str(shape.get("format") or shape.get("type") or "object")


def _fields(schema: dict[str, Any]) -> list[Field]:
    required = schema.get("required", ())
    return [
        Field(name, _kind(shape), name in required, shape.get("description", ""))
        for name, shape in schema.get("properties", {}).items()
    ]


def _operation(path: str, method: str, told: dict[str, Any]) -> Operation:
    content = told.get("requestBody", {}).get("content", {})
    body = content.get("application/json", {})
    parts = content.get("multipart/form-data", {}).get("schema", {}).get("properties", {})
    files = next(iter(parts.keys() - body.get("schema", {}).get("properties", {}).keys()), "")
    example = body.get("example")
    scopes = [scope for need in told["security"] for scope in need.get("key", ())]
    return Operation(
        told["operationId"], method.upper(), path.removeprefix(FIRST_OF_PATH), told["summary"],
        told.get("description", ""), scopes[0] if scopes else "",
        [Field(p["name"], _kind(p["schema"]), p["required"], p.get("description", ""))
         for p in told["parameters"]],
        _fields(body.get("schema", {})), files,
        orjson.dumps(example, option=orjson.OPT_INDENT_2).decode() if example else "",
        [(status, answer["description"]) for status, answer in told["responses"].items()],
    )  # fmt: skip


@lru_cache(maxsize=4)
def subjects(language: str) -> tuple[Subject, ...]:
    """Return every operation by its subject, in a language."""
    document = orjson.loads(api.document(language))
    with translation.override(language):
        labels = {name: str(label) for name, label in keys.subjects().items()}
    found: dict[str, Subject] = {}
    for path, methods in document["paths"].items():
        for method, told in methods.items():
            name = told["tags"][0]
            subject = found.setdefault(name, Subject(name, labels.get(name, name)))
            subject.operations.append(_operation(path, method, told))
    return tuple(found.values())


@require_safe
def reference(request: HttpRequest) -> HttpResponse:
    return render(
        request,
        "doors/reference.html",
        {
            "example": EXAMPLE % request.build_absolute_uri(FIRST_OF_PATH),
            "subjects": subjects(translation.get_language() or "en"),
            "scopes": keys.scopes().items(),
            "problems": [(status, name, title) for status, (name, title) in KINDS.items()],
            "about": orjson.loads(api.document(translation.get_language() or "en"))["info"],
        },
    )
