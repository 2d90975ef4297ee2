"""`linli route plan`: a problem in a file, a plan on the screen, in the reader's language."""

import json

import pytest
from django.utils import translation
from typer.testing import CliRunner

from linli.cli import app
from linli.engines.routes import sentences
from linli.engines.routes.plan import Plan
from linli.logistics.saying import said

PROBLEM = {
    "places": [
        {"name": "depot", "lon": 121.02, "lat": 30.70},
        {"name": "market", "lon": 121.05, "lat": 30.68},
    ],
    "orders": [
        {"name": "A", "delivery": {"place": "market"}, "amounts": {"kg": 80}},
        {"name": "B", "delivery": {"place": "moon"}, "amounts": {"kg": 80}},
        {"name": "C", "delivery": {"place": "market"}, "amounts": {"kg": -1}},
        {"name": "D", "delivery": {"place": "market", "windoes": []}},
    ],
    "vehicles": [{"name": "van", "start": "depot", "end": "depot", "capacities": {"kg": 900}}],
}


def plan(path, *more):
    return CliRunner().invoke(
        app, ["route", "plan", str(path), "--seconds", "0.1", "--workers", "1", *more]
    )


@pytest.fixture
def problem(tmp_path):
    path = tmp_path / "problem.json"
    path.write_text(json.dumps(PROBLEM))
    return path


def test_orders_that_cannot_be_planned_are_named_one_by_one_and_the_rest_is(problem, monkeypatch):
    monkeypatch.setenv("LANG", "zh_CN.UTF-8")

    shown = plan(problem).stdout

    assert "A@" in shown
    assert "未安排 B：没有地点 moon" in shown
    assert "未安排 C：-1 kg 不是有效数量" in shown
    assert "未安排 D：不认识“delivery.windoes”" in shown


def test_machines_get_the_plan_as_json(problem, tmp_path):
    found = Plan.from_dict(json.loads(plan(problem, "--json", "--out", str(tmp_path / "p")).stdout))

    assert found.vehicle_of("A") == "van"
    assert [(each.order, each.reason) for each in found.left_out] == [
        ("D", "unreadable"), ("B", "unknown-place"), ("C", "negative-demand"),
    ]  # fmt: skip
    assert Plan.from_dict(json.loads((tmp_path / "p").read_text())) == found


def test_a_file_that_holds_no_problem_ends_with_one_clear_line(tmp_path):
    path = tmp_path / "no.json"
    path.write_text("{")

    ended = plan(path)

    assert ended.exit_code == 1 and ended.stderr.startswith(f"{path}: ")


@pytest.mark.parametrize("sentence", sentences.FOUND)
def test_all_that_the_engine_says_is_said_in_chinese_too(sentence):
    with translation.override("zh-hans"):
        assert said(sentence) != sentence


def test_reasons_inside_a_sentence_are_said_as_well():
    tried = "on every vehicle tried it would carry too much, a stop would be late"

    with translation.override("zh-hans"):
        assert said(tried) == "已试车辆均不可行：超载、某站将迟到"
