"""Whatever anybody may think of sending, the API answers as its document says."""

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

from linli.cases.intake import Report, receive
from linli.cases.models import Case
from linli.doors import keys, report_api
from linli.doors.gathering import Gatherer
from tests.small_town import SmallTown, person

EXAMPLES = 6
ROLES = ("resident", "officer", "steward", "dispatcher", "supervisor", "administrator")


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
        for n, (what, category) in enumerate(
            [("摆摊", "stalls"), ("垃圾", "rubbish"), ("路灯", "lights"), ("吵闹", "neighbours")] * 2
        )
    ]  # fmt: skip
    receive(told)
    assert Case.objects.exists()


def _tried(operation, mode, headers) -> str:
    """Ask one operation all kinds of things; return what it answered wrongly, if anything."""

    @given(case=operation.as_strategy(generation_mode=mode))
    @hypothesis.settings(
        max_examples=EXAMPLES, derandomize=True, deadline=None, database=None,
        suppress_health_check=list(HealthCheck), phases=[Phase.generate],
    )  # fmt: skip
    def ask(case):
        case.call_and_validate(headers=headers)

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
    config = SchemathesisConfig.from_dict({"seed": 20261124})
    document = schemathesis.openapi.from_wsgi(
        "/api/v1/openapi.json", get_wsgi_application(), config=config
    )
    wrong = [
        _tried(result.ok(), mode, headers)
        for result in document.get_all_operations()
        for mode in (GenerationMode.POSITIVE, GenerationMode.NEGATIVE)
    ]

    assert "\n\n".join(filter(None, wrong)) == ""
