"""Whatever anybody may think of sending, the API answers as its document says."""

import os
from datetime import date, timedelta
from itertools import product

import hypothesis
import pytest
import schemathesis
from django.core.files.uploadedfile import SimpleUploadedFile
from django.core.wsgi import get_wsgi_application
from hypothesis import HealthCheck, Phase, given
from hypothesis.errors import Unsatisfiable
from schemathesis.config import SchemathesisConfig
from schemathesis.core.failures import FailureGroup
from schemathesis.generation import GenerationMode
from schemathesis.specs.openapi.checks import negative_data_rejection

from linli.cases import listing, loop
from linli.cases.intake import Report, receive
from linli.cases.models import Case, Deliberation, FollowUp, Proposal
from linli.cases.models import Report as CaseReport
from linli.clock import now
from linli.doors import keys, report_api, uploads
from linli.doors.allowance import allowance
from linli.doors.gathering import Gatherer
from linli.doors.models import ApiKey, Upload
from linli.packs import drafts
from linli.packs.models import TownVersion
from linli.people import leave
from linli.people.models import Membership, User
from linli.people.scope import scope
from linli.rest.listing import joined, value_of
from linli.stewards import bookings, deliberations
from linli.stewards.models import Offer
from linli.tables import declared
from linli.topics.models import Member, Topic
from tests.small_town import SmallTown, area, person
from tests.stewards.conftest import LESSONS

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
# Things that stand in no table.
OTHERS = {"proposals": Proposal, "follow-ups": FollowUp, "versions": TownVersion}
ROLES = ("resident", "dispatcher", "administrator")


@pytest.fixture
def town(transactional_db, tmp_path, settings, monkeypatch):
    settings.API_PER_MINUTE = settings.API_ANONYMOUS_PER_MINUTE = 10**9
    allowance.forget()
    gather = Gatherer()
    monkeypatch.setattr(report_api, "gather", gather)
    small = SmallTown(tmp_path / "town")
    small.services = [dict(LESSONS)]
    yield small.load()
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
    case = Case.objects.filter(category__code="neighbours").earliest("pk")
    loop.act(case, "triage", person("steward"), triage="neighbourhood")
    loop.act(
        case, "deliberate", person("steward"), question="怎么办？", venue="驿站",
        meets_at=now() + timedelta(days=3),
    )  # fmt: skip
    talk = Deliberation.objects.get()
    deliberations.propose(talk, person("steward"), "错峰")
    deliberations.agree(talk, person("steward"), "贴告示", "村委", date(2030, 1, 1))
    deliberations.live_in(area("w1"), person("resident"))
    topic = Topic.objects.create(title="摆摊", rank=1, count=2, people=2, likes=0, growth=1.0,
                                 since=now(), until=now(), curve=[1, 2])  # fmt: skip
    for each in Case.objects.filter(category__code="stalls"):
        Member.objects.create(topic=topic, case=each)
    for role, name in product(ROLES, ("cases", "areas")):
        table = SimpleUploadedFile("rows.csv", "title,code,name\n桥上摆摊,w1,一格".encode())
        uploads.keep(person(role), declared()[name], table)
        keys.issue(person(role), "other", ["cases:read"])
    listing.keep(scope(person("resident")), "我的", "open=1")
    leave.enter(person("officer"), person("officer"), now(), now() + timedelta(days=2))
    offer = Offer.objects.get()
    slot = bookings.slots(offer, bookings.provider(offer, area("w1")))[0]
    bookings.book(offer, area("w1"), slot.starts_at, person("resident"))
    drafts.again(TownVersion.objects.latest("pk"), person("administrator"))


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
    first = path.split("/")[3]
    if name == "token":
        return list(Upload.objects.values_list("token", flat=True))
    if first == "keys":  # whoever asks must not revoke the key they ask with
        return [str(key.pk) for key in ApiKey.objects.filter(name="other")]
    if first in OTHERS:
        return [str(row.pk) for row in OTHERS[first].objects.order_by("pk")[:20]]
    table = declared().get(first)
    if name != "key" or table is None:
        return []
    rows = list(joined(table.model._default_manager.all(), table)[:20])
    return [str(value_of(table.column(table.key), row)) for row in rows]


def _tried(operation, mode, secrets) -> str:
    """Let everybody ask one operation all kinds of things; return what it answered wrongly.

    What is asked is thought of once for all of them: that takes as long as the answers do.
    """

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
        for role, secret in secrets.items():
            headers = {"Authorization": f"Bearer {secret}"}
            try:
                case.call_and_validate(headers=headers, excluded_checks=spared)
            except (Exception, FailureGroup) as wrong:
                wrong.add_note(f"asked by {role}")
                raise

    try:
        ask()
    except (Exception, FailureGroup) as wrong:
        if isinstance(wrong, Unsatisfiable):
            return ""
        return f"{operation.label} ({mode.value}): {wrong}\n" + "\n".join(
            str(one)
            for one in (*getattr(wrong, "exceptions", ()), *getattr(wrong, "__notes__", ()))
        )
    return ""


def test_every_operation_answers_as_the_document_says(town):
    _lived_in()
    secrets = {role: keys.issue(person(role), "any", list(keys.scopes()))[1] for role in ROLES}
    config = SchemathesisConfig.from_dict(CONFIG)
    document = schemathesis.openapi.from_wsgi(
        "/api/v1/openapi.json", get_wsgi_application(), config=config
    )

    roles = list(Membership.objects.filter(user__username__in=ROLES))

    def asked(operation, mode):
        # Who was locked out on the way, by another of them, comes in again with all they had.
        ApiKey.objects.filter(name="any").update(revoked_at=None)
        User.objects.filter(username__in=ROLES).update(is_active=True)
        Membership.objects.bulk_create(roles, ignore_conflicts=True)
        return _tried(operation, mode, secrets)

    wrong = [
        asked(result.ok(), mode)
        for result in document.get_all_operations()
        for mode in (GenerationMode.POSITIVE, GenerationMode.NEGATIVE)
    ]

    if any(wrong):
        pytest.fail("\n\n".join(filter(None, wrong)))
