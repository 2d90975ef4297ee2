"""The OpenAPI document: made from the operations, completed, and told in the reader's language."""

from collections.abc import Iterator
from functools import lru_cache
from typing import Any

import orjson
from django.utils import translation
from django.utils.translation import gettext, gettext_noop
from ninja.operation import Operation

from linli.rest.asking import plain
from linli.rest.problems import KINDS, PROBLEM_TYPE, ProblemShape

N = gettext_noop
ABOUT = N(
    "Everything that a page of the town can do. A key acts as its owner and never reaches "
    "further; its scopes narrow that. Answers to what cannot be done are problem details "
    "(RFC 9457) in the language of Accept-Language."
)
ANSWERS = {200: N("OK"), 201: N("Created"), 204: N("Done, and nothing to say")}
TOLD = ("summary", "description")


class Documented:
    """What makes the document of an API complete."""

    def document(self, language: str) -> bytes:
        """Return the document in a language, as JSON."""
        return _documents(self, language)

    def completed(self) -> dict[str, Any]:
        """Return the document in the words of the source."""
        schema = dict(self.get_openapi_schema(path_prefix="api/v1/"))  # type: ignore[attr-defined]
        schema["info"] = {**schema["info"], "description": ABOUT}
        components = schema["components"]
        definitions = components.setdefault("schemas", {})
        problem = plain(ProblemShape.model_json_schema(ref_template="#/components/schemas/{model}"))
        definitions.update(problem.pop("$defs", {}))
        definitions["Problem"] = problem
        components["securitySchemes"] = {"key": {"type": "http", "scheme": "bearer"}}
        for path, _method, described, operation in self._described(schema):
            _complete(path, described, operation)
        for name, definition in definitions.items():
            definitions[name] = _tidy(definition)
        schema["servers"] = [{"url": "/"}]
        schema["tags"] = [{"name": name} for name in _tags(schema)]
        return schema

    def _described(
        self, schema: dict[str, Any]
    ) -> Iterator[tuple[str, str, dict[str, Any], Operation]]:  # fmt: skip
        operations = {
            operation.operation_id: operation
            for router in self._get_bound_routers()  # type: ignore[attr-defined]
            for view in router.path_operations.values()
            for operation in view.operations
        }
        for path, methods in schema["paths"].items():
            for method, described in methods.items():
                yield path, method, described, operations[described["operationId"]]


def _tags(schema: dict[str, Any]) -> list[str]:
    found = [tag for m in schema["paths"].values() for d in m.values() for tag in d["tags"]]
    return list(dict.fromkeys(found))


def _problems(path: str, described: dict[str, Any], operation: Operation) -> set[int]:
    found = {429, 500}
    if operation.auth_callbacks:
        found |= {401, 403}
    asks = [one for one in described["parameters"] if one["in"] == "query"]
    if "{" in path or any(one["required"] for one in asks):
        found.add(404)  # what must be told names something
    if described.get("requestBody"):
        found |= {400, 413, 415, 422}
    if asks:
        found.add(422)
    if set(operation.methods) - {"GET"}:
        found |= {403, 409}
    return found


def _complete(path: str, described: dict[str, Any], operation: Operation) -> None:
    content = {PROBLEM_TYPE: {"schema": {"$ref": "#/components/schemas/Problem"}}}
    for status in sorted(_problems(path, described, operation)):
        answer: dict[str, Any] = {"description": str(KINDS[status][1]), "content": content}
        if status == 429:
            answer["headers"] = {
                "Retry-After": {"schema": {"type": "integer"}, "description": N("Seconds")}
            }
        described["responses"].setdefault(status, answer)
    for status, words in ANSWERS.items():
        if status in described["responses"]:
            described["responses"][status]["description"] = words
    described["security"] = [
        {"key": [auth.scope]} for auth in operation.auth_callbacks if hasattr(auth, "scope")
    ]
    for parameter in described["parameters"]:
        parameter["schema"].pop("title", None)


def _tidy(part: Any) -> Any:
    """Take out titles that only repeat names, and words that are for readers of the source."""
    if isinstance(part, dict):
        kept = {k: _tidy(v) for k, v in part.items()}
        if isinstance(kept.get("title"), str) and not {"type", "anyOf", "enum"}.isdisjoint(kept):
            kept.pop("title")
        if "properties" in kept and isinstance(kept.get("description"), str):
            kept.pop("description")
        return kept
    return [_tidy(inner) for inner in part] if isinstance(part, list) else part


def translated(part: Any) -> Any:
    """Return a part of the document with everything that people read in their language."""
    if isinstance(part, dict):
        return {
            key: gettext(value)
            if key in TOLD and isinstance(value, str) and value
            else translated(value)
            for key, value in part.items()
        }
    return [translated(inner) for inner in part] if isinstance(part, list) else part


@lru_cache(maxsize=8)
def _documents(api: Documented, language: str) -> bytes:
    with translation.override("en"):
        schema = api.completed()
    with translation.override(language):
        return orjson.dumps(translated(schema), option=orjson.OPT_NON_STR_KEYS)
