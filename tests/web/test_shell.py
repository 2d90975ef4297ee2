"""The site as an app: what a browser is told to keep, and what it never is."""

import json
import re

import pytest
from django.test import Client

from linli.cases.intake import Report, receive
from linli.web import shell

TOKEN = re.compile(r"\b[A-Za-z0-9]{64}\b")  # against forged requests, another each time


def told(client: Client) -> str:
    page = client.get("/cockpit/kept/", headers={"accept-language": "zh-hans"}).content.decode()
    return TOKEN.sub("", page)


@pytest.mark.django_db
def test_the_app_has_a_name_in_each_language():
    names = {
        language: Client(headers={"accept-language": language}).get("/manifest.webmanifest").json()
        for language in ("zh-hans", "en")
    }

    assert names["zh-hans"]["short_name"] == "邻理"
    assert names["en"]["short_name"] == "Linli"
    sizes = {(icon["sizes"], icon["purpose"]) for icon in names["en"]["icons"]}
    assert sizes == {(size, use) for _name, size, use in shell.ICONS}


@pytest.mark.django_db
def test_the_worker_answers_for_the_whole_site_and_is_asked_anew():
    answer = Client().get("/worker.js")

    assert answer["Content-Type"].startswith("text/javascript")
    assert answer["Service-Worker-Allowed"] == "/"
    assert answer["Cache-Control"] == "no-cache"
    assert "default-src 'self'" in answer["Content-Security-Policy"]
    told = re.search(r"const SITE = (.*);", answer.content.decode())
    assert told is not None
    assert json.loads(told[1])["kept"] == "/cockpit/kept/"


def test_what_is_kept_of_the_cockpit_names_nobody_and_counts_nothing(town, enter):
    receive([Report("桥头垃圾成堆", area="w1", category="rubbish")])
    page = told(enter("leader"))

    assert page == told(enter("dispatcher")) == told(Client()), "it is the same for everybody"
    assert "flow-today" not in page
    assert "桥头" not in page


@pytest.mark.django_db
def test_the_page_without_a_line_speaks_both_languages_and_knows_nobody(client):
    page = client.get("/offline/").content.decode()

    assert "没有网络连接" in page and "No connection" in page
    assert "csrf" not in page
