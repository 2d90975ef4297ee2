"""The REST door: what all apps offer under one roof, with keys, limits and problems."""

import logging
from collections.abc import Callable
from importlib import import_module
from importlib.util import find_spec
from typing import Any

import orjson
from asgiref.sync import iscoroutinefunction
from django.apps import apps
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase
from django.urls import URLPattern, re_path
from django.utils import translation
from django.utils.cache import patch_vary_headers
from ninja import NinjaAPI, Router
from ninja.constants import NOT_SET
from ninja.errors import AuthenticationError, HttpError, ValidationError
from ninja.operation import PathView
from ninja.renderers import BaseRenderer

from linli import __version__
from linli.cases.refusal import Refused
from linli.doors.access import Key, limit_anonymous, limit_anonymous_later, no_key
from linli.doors.document import Documented
from linli.doors.import_api import router as imports
from linli.doors.key_api import router as keys
from linli.doors.keys import READ, WRITE, subject_of, subject_of_table
from linli.doors.notice_api import router as notices
from linli.doors.report_api import router as reports
from linli.doors.table_api import router_of
from linli.doors.webhook_api import router as webhooks
from linli.people.administration import Impossible
from linli.rest import Problem
from linli.tables import declared

log = logging.getLogger(__name__)


class Json(BaseRenderer):
    """JSON by orjson, which is several times quicker."""

    media_type = "application/json"

    def render(self, request: HttpRequest, data: Any, *, response_status: int) -> bytes:
        return orjson.dumps(data, option=orjson.OPT_NON_STR_KEYS)


class Api(Documented, NinjaAPI):
    """All operations; its document is made by `document`."""


api = Api(
    title="Linli", version=__version__, urls_namespace="api", docs_url=None, openapi_url=None,
    renderer=Json(),
)  # fmt: skip


# --- under one roof --------------------------------------------------------------------------


def take_in(router: Router, subject: str) -> None:
    """Take the operations of a router in under a subject.

    Reading asks for the scope `subject:read`, anything else for `subject:write`; an operation
    that says `auth=None` itself is open to everybody.
    """
    roof = api.default_router.path_operations
    for path, view in router.path_operations.items():
        there = roof.setdefault(path, PathView())
        for operation in view.operations:
            if operation.auth_param is NOT_SET:
                reads = set(operation.methods) <= {"GET"}
                operation.auth_param = Key(f"{subject}:{READ if reads else WRITE}")
                operation._set_auth(operation.auth_param)
            operation.tags = [subject]
            there.operations.append(operation)
            there.is_async = there.is_async or operation.is_async


def _offered() -> list[tuple[Router, str]]:
    """Return the routers of all apps that offer operations, each with its subject.

    A router that names no subject in its tags stands under that of its app.
    """
    found = []
    for app in apps.get_app_configs():
        name = f"{app.name}.api"
        if name == __name__ or not app.name.startswith("linli.") or find_spec(name) is None:
            continue
        offered = import_module(name)
        routers = getattr(offered, "ROUTERS", None) or (offered.router,)
        own = subject_of(app.label)
        found += [(router, router.tags[0] if router.tags else own) for router in routers]
    return found


# What is spelt out goes before what stands for any key: /ratings/due before /ratings/{key}.
take_in(reports, "reports")
for _router in (imports, keys, webhooks, notices):
    assert _router.tags
    take_in(_router, _router.tags[0])
for _router, _subject in _offered():
    take_in(_router, _subject)
for _table in declared().values():
    take_in(router_of(_table), subject_of_table(_table))


# --- problems --------------------------------------------------------------------------------


@api.exception_handler(Problem)
def _problem(request: HttpRequest, problem: Problem) -> HttpResponse:
    return problem.response()


@api.exception_handler(AuthenticationError)
def _nobody(request: HttpRequest, error: AuthenticationError) -> HttpResponse:
    return no_key().response()


@api.exception_handler(HttpError)
def _http(request: HttpRequest, error: HttpError) -> HttpResponse:
    return Problem(error.status_code, str(error)).response()


@api.exception_handler(Http404)
def _absent(request: HttpRequest, error: Http404) -> HttpResponse:
    return Problem(404).response()


@api.exception_handler(Refused)
@api.exception_handler(Impossible)
def _refused(request: HttpRequest, refusal: Refused | Impossible) -> HttpResponse:
    return Problem(409, str(refusal)).response()


@api.exception_handler(PermissionDenied)
def _denied(request: HttpRequest, error: PermissionDenied) -> HttpResponse:
    return Problem(403, str(error)).response()


@api.exception_handler(ValidationError)
def _no_such_path(request: HttpRequest, error: ValidationError) -> HttpResponse:
    # Queries and bodies are read by `rest.asking`: what is left are parts of the address.
    return Problem(404).response()


@api.exception_handler(Exception)
def _failure(request: HttpRequest, error: Exception) -> HttpResponse:
    log.error("%s %s failed", request.method, request.path, exc_info=error)
    return Problem(500).response()


# --- the door itself -------------------------------------------------------------------------

View = Callable[..., Any]


def _is_unreadable(request: HttpRequest) -> bool:
    return "\0" in request.path


def _before(request: HttpRequest) -> HttpResponse | None:
    if _is_unreadable(request):
        return Problem(404).response()
    try:
        if "Authorization" not in request.headers:
            limit_anonymous(request)
    except Problem as problem:
        return problem.response()
    return None


async def _before_later(request: HttpRequest) -> HttpResponse | None:
    if _is_unreadable(request):
        return Problem(404).response()
    try:
        if "Authorization" not in request.headers:
            await limit_anonymous_later(request)
    except Problem as problem:
        return problem.response()
    return None


def _after(response: HttpResponseBase, language: str) -> HttpResponseBase:
    if response.status_code == 405 and response.get("Content-Type", "").startswith("text/"):
        response = Problem(405, headers={"Allow": response["Allow"]}).response()
    response.headers.setdefault("Content-Language", language)
    response.headers.setdefault("Cache-Control", "no-store")
    patch_vary_headers(response, ["Accept-Language", "Authorization"])
    return response


def guarded(view: View) -> View:
    """Answer in the language that is asked for, and every refusal as a problem."""
    if iscoroutinefunction(view):

        async def later(request: HttpRequest, **parts: Any) -> HttpResponseBase:
            language = translation.get_language_from_request(request)
            with translation.override(language):
                return _after(
                    await _before_later(request) or await view(request, **parts), language
                )

        later.csrf_exempt = True  # type: ignore[attr-defined]
        return later

    def now(request: HttpRequest, **parts: Any) -> HttpResponseBase:
        language = translation.get_language_from_request(request)
        with translation.override(language):
            return _after(_before(request) or view(request, **parts), language)

    now.csrf_exempt = True  # type: ignore[attr-defined]
    return now


def _nothing(request: HttpRequest, **parts: Any) -> HttpResponse:
    return Problem(404).response()


def _document(request: HttpRequest) -> HttpResponse:
    language = translation.get_language() or ""
    return HttpResponse(api.document(language), content_type="application/json")


def _only_read(view: View) -> View:
    def answer(request: HttpRequest, **parts: Any) -> HttpResponse:
        if request.method not in ("GET", "HEAD"):
            return Problem(405, headers={"Allow": "GET, HEAD"}).response()
        return view(request, **parts)

    return answer


def _urls() -> tuple[list[URLPattern], str, str]:
    found, app_name, namespace = api.urls
    patterns: list[Any] = list(found)
    for pattern in patterns:
        pattern.callback = guarded(pattern.callback)
    return (
        [
            re_path(r"^openapi\.json$", guarded(_only_read(_document)), name="openapi"),
            *(pattern for pattern in patterns if pattern.name != "api-root"),
            re_path(r"^$", guarded(_nothing), name="api-root"),
            re_path(r"^.*$", guarded(_nothing)),
        ],
        app_name,
        namespace,
    )


urls = _urls()
