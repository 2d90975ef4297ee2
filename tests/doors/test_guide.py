"""The guide for integrators says what works: its commands are run as they stand there."""

import json
import re
import shlex
from pathlib import Path

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from linli.cases.models import Report
from linli.doors import keys, report_api
from linli.doors.gathering import Gatherer
from linli.doors.models import ApiKey
from linli.people.models import Membership
from tests.small_town import SmallTown, organisation, person

GUIDE = Path(__file__).parents[2] / "docs" / "api.md"
BASE = "http://localhost:8000/api/v1"


@pytest.fixture
def town(transactional_db, tmp_path, monkeypatch):
    gather = Gatherer()
    monkeypatch.setattr(report_api, "gather", gather)
    yield SmallTown(tmp_path / "town").load()
    gather.close()


def commands():
    blocks = re.findall(r"```sh\n(.*?)```", GUIDE.read_text("utf-8"), flags=re.DOTALL)
    return [block for block in blocks if block.startswith("curl")]


def file(name):
    return SimpleUploadedFile(name, "title,category\n桥头又摆摊,stalls\n".encode())


def run(command, names):
    for name, value in names.items():
        command = command.replace(f"${name}", value)
    words = shlex.split(command.replace("\\\n", " "))[1:]
    method, headers, data, is_query, path = "GET", {}, [], False, ""
    parts = {}
    while words:
        word = words.pop(0)
        if word == "-X":
            method = words.pop(0)
        elif word == "-H":
            name, _colon, value = words.pop(0).partition(": ")
            headers[name] = value
        elif word == "-d":
            data.append(words.pop(0))
        elif word == "-F":
            name, _is, value = words.pop(0).partition("=")
            parts[name] = file(value[1:]) if value.startswith("@") else value
        elif word == "-G":
            is_query = True
        else:
            path = word.removeprefix("http://localhost:8000")
    body = "" if is_query or not data else data[0]
    if is_query:
        path = f"{path}?{'&'.join(data)}"
    if parts:
        return Client().post(path, parts, headers=headers)
    kind = headers.pop("Content-Type", "application/json")
    return Client().generic(method, path, body, content_type=kind, headers=headers)


def test_every_command_of_the_guide_does_what_it_says(town):
    Membership.objects.create(
        user=person("builder"), organisation=organisation("government"), role="dispatcher"
    )
    head, secret = keys.issue(person("builder"), "guide", list(keys.scopes()))
    names = {"LINLI": BASE, "KEY": secret}
    answers = []
    for command in commands():
        answers.append(run(command, names))
        if "RECEIPT" not in names and Report.objects.exists():
            told = Report.objects.get()
            names |= {"RECEIPT": told.receipt, "CASE": told.case.code}

    assert [(a.status_code, a.content) for a in answers if a.status_code >= 400] == []
    assert len(answers) >= 7 and ApiKey.objects.count() == 1
    assert head.name == "guide"


def test_the_answers_in_the_guide_have_the_shape_of_real_ones(town):
    blocks = re.findall(r"```json\n(.*?)```", GUIDE.read_text("utf-8"), flags=re.DOTALL)
    receipt, problem = (json.loads(block) for block in blocks)

    assert receipt.keys() == report_api.ReceiptShape.model_fields.keys()
    real = Client().get("/api/v1/cases?limit=1").json()
    assert problem.keys() == real.keys()
