"""Whatever anybody may think of sending, the API answers as its document says."""

import os

import hypothesis
import pytest
import schemathesis
from django.core.cache import cache
from django.core.wsgi import get_wsgi_application
from hypothesis import HealthCheck, Phase, given
from hypothesis.errors import Unsatisfiable
from schemathesis.config import SchemathesisConfig
from schemathesis.core.failures import FailureGroup
from schemathesis.generation import GenerationMode
from schemathesis.specs.openapi.checks import negative_data_rejection

from linli.cases.intake import Report, receive
from linli.cases.models import Case
from linli.cases.models import Report as CaseReport
from linli.doors import keys, report_api
from linli.doors.gathering import Gatherer
from linli.rest.listing import joined, value_of
from linli.tables import declared
from tests.small_town import SmallTown, person

EXAMPLES = int(os.environ.get("LINLI_EXAMPLES", "3"))
CONFIG = {
    "seed": 20261124,
    "checks": {
        # What is well-formed may still name something that is not there.
        "positive_data_acceptance": {
            "expected-statuses": ["2xx", "401", "403", "404", "409", "422"],
        }
    },
}
MATTERS = [("摆摊", "stalls"), ("垃圾", "rubbish"), ("路灯", "lights"), ("吵闹", "neighbours")]
ROLES = ("resident", "dispatcher", "administrator")


@pytest.fixture
def town(transactional_db, tmp_path, settings, monkeypatch):
    settings.API_PER_MINUTE = settings.API_ANONYMOUS_PER_MINUTE = 10**9
    cache.clear()
    gather = Gatherer()
    monkeypatch.setattr(report_api, "gather", gather)
    yield SmallTown(tmp_path / "town").load()
    gather.close()


def _lived_in() -> None:
    """Let something have happened, so that there is something to answer with."""
    told = [
        Report(f"{what}在桥头第{n}处", category=category, lon=121.005, lat=30.705,
               reporter=person("resident") if n % 2 else None)
        for n, (what, category) in enumerate(2 * MATTERS)
    ]  # fmt: skip
    receive(told)
    assert Case.objects.exists()


def _there(case) -> None:
    """Ask of something that is there, every other time, where the address names a thing."""
    for name in case.path_parameters or {}:
        known = _known(case.operation.path, name)
        if known and len(repr(case.query) + repr(case.body)) % 4:
            case.path_parameters[name] = known[len(repr(case.body)) % len(known)]


def _known(path: str, name: str) -> list[str]:
    if name == "code":
        return [case.code for case in Case.objects.order_by("pk")]
    if name == "receipt":
        return list(CaseReport.objects.order_by("pk").values_list("receipt", flat=True))
    table = declared().get(path.split("/")[3])
    if name != "key" or table is None:
        return []
    rows = list(joined(table.model._default_manager.all(), table)[:20])
    return [str(value_of(table.column(table.key), row)) for row in rows]


def _tried(operation, mode, headers) -> str:
    """Ask one operation all kinds of things; return what it answered wrongly, if anything."""

    @given(case=operation.as_strategy(generation_mode=mode))
    @hypothesis.settings(
        max_examples=EXAMPLES, derandomize=True, deadline=None, database=None,
        suppress_health_check=list(HealthCheck), phases=[Phase.generate],
    )  # fmt: skip
    def ask(case):
        if mode is GenerationMode.POSITIVE:
            _there(case)
        # A list of one and a single value look alike in a query: no refusal is due there.
        spared = [negative_data_rejection] if case.query else []
        case.call_and_validate(headers=headers, excluded_checks=spared)

    try:
        ask()
    except (Exception, FailureGroup) as wrong:
        if isinstance(wrong, Unsatisfiable):
            return ""
        return f"{operation.label} ({mode.value}): {wrong}\n" + "\n".join(
            str(one) for one in getattr(wrong, "exceptions", ())
        )
    return ""


@pytest.mark.parametrize("role", ROLES)
def test_every_operation_answers_as_the_document_says(town, role):
    _lived_in()
    _key, secret = keys.issue(person(role), "any", list(keys.scopes()))
    headers = {"Authorization": f"Bearer {secret}"}
    config = SchemathesisConfig.from_dict(CONFIG)
    document = schemathesis.openapi.from_wsgi(
        "/api/v1/openapi.json", get_wsgi_application(), config=config
    )
    wrong = [
        _tried(result.ok(), mode, headers)
        for result in document.get_all_operations()
        for mode in (GenerationMode.POSITIVE, GenerationMode.NEGATIVE)
    ]

    if any(wrong):
        pytest.fail("\n\n".join(filter(None, wrong)))
