"""Ways of narrowing the list of cases that somebody wants again."""

from typing import Annotated, Any

from django.http import HttpRequest
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop
from ninja import Router, Status
from pydantic import Field

from linli.cases import listing
from linli.cases.models import SavedFilter
from linli.cases.tables import FILTERS
from linli.people.scope import scope
from linli.rest import Given, Problem, Text, by_key, given, operation, row_of, row_shape

N = gettext_noop
router = Router()
FilterWhole = row_shape("filters", alone=True)


class FilterBody(Given):
    """A name, and what the list of cases is narrowed to."""

    name: Annotated[Text, Field(min_length=1, max_length=40)]
    query: Annotated[
        Text,
        Field(max_length=1000, description=N("As in the address of the list: open=1&sort=due")),
    ]


@router.post("/filters", response={201: FilterWhole}, **operation(
    N("Keep a filter under a name"),
    N("The same name replaces what it stood for; what the list does not know is left out."),
    takes=FilterBody, example={"name": "我的超期", "query": "waiting=overdue&sort=due"},
    name="keep_filter"))  # fmt: skip
def keep(request: HttpRequest) -> Status:
    told, _files = given(request, FilterBody)
    if not (name := told.name.strip()):
        raise Problem(422, errors=[("name", _("Give the filter a name."))])
    saved = listing.keep(scope(request.user), name, told.query)
    return Status(201, row_of(FILTERS, saved, alone=True))


@router.delete("/filters/{key}", response={204: None}, **operation(
    N("Keep a filter no more"), name="drop_filter"))  # fmt: skip
def drop(request: HttpRequest, key: int) -> Any:
    by_key(scope(request.user).of(SavedFilter), key).delete()
    return Status(204, None)
