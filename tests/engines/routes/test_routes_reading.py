"""Problems in files: places, orders and vehicles as JSON, planned as far as they can be read."""

import json

import pytest
from small_routes import HOUR

from linli.engines.routes.reading import NotAProblemError, problem_of

PLACES = [
    {"name": "depot", "lon": 121.02, "lat": 30.70},
    {"name": "market", "lon": 121.05, "lat": 30.68},
]
VAN = {
    "name": "van", "start": "depot", "end": "depot", "capacities": {"kg": 900},
    "shift": ["08:00", "17:00"], "breaks": [{"window": ["11:00", "13:00"], "seconds": 1800}],
}  # fmt: skip


def order(name, **more):
    visit = {"place": "market", "service": 300, "windows": [["09:00", "11:30"]]}
    return {"name": name, "delivery": visit, "amounts": {"kg": 80}, **more}


def written(*orders, **more):
    return {"places": PLACES, "orders": list(orders), "vehicles": [VAN], **more}


def test_times_of_day_are_read_as_seconds(tmp_path):
    problem, unread = problem_of(written(order("A"), kmh=36, factor=1.0), tmp_path)

    assert unread == []
    assert problem.order("A").visits["delivery"].windows == ((9 * HOUR, int(11.5 * HOUR)),)
    assert problem.vehicle("van").shift == (8 * HOUR, 17 * HOUR)
    assert problem.travel.seconds[0, 1] == pytest.approx(problem.travel.metres[0, 1] / 10)


@pytest.mark.parametrize(
    ("bad", "words"),
    [
        (order("bad", windoes=[]), "“windoes” is not known"),
        (order("bad", delivery={"place": "market", "from": 1}), "“delivery.from” is not known"),
        (order("bad", priority="high"), "“priority” cannot be “high”"),
        (order("bad", delivery={"service": 1}), "“delivery.place” is missing"),
        (order("bad", amounts={"kg": "much"}), "“amounts.kg” cannot be “much”"),
    ],
)
def test_an_order_that_cannot_be_read_is_named_and_the_others_are_taken(tmp_path, bad, words):
    problem, unread = problem_of(written(order("good"), bad), tmp_path)

    assert [o.name for o in problem.orders] == ["good"]
    assert [(f.kind, f.name, f.code, f.detail) for f in unread] == [
        ("order", "bad", "unreadable", words)
    ]


def test_ways_may_come_as_matrices_and_where_there_is_none_is_null(tmp_path):
    ways = [[0, 500], [None, 0]]

    problem, _ = problem_of(written(metres=ways, seconds=ways), tmp_path)

    assert problem.travel.metres.tolist() == [[0, 500], [float("inf"), 0]]


@pytest.mark.parametrize(
    ("given", "words"),
    [
        ([], "no JSON object"),
        ({"places": PLACES, "orders": []}, "“vehicles” must be a list"),
        (written(places=[{"name": "x", "lon": "east", "lat": 0}]), "place x: “lon” cannot be"),
        (written(places=[{"name": "x", "lon": 500, "lat": 0}]), "not on the earth: x"),
        (written(hours=[1]), "24 factors"),
        (written(apart=["A"]), "“apart” must be a list of pairs"),
        (written(roads="none.osm"), "none.osm"),
        (written(metres=[[0]], seconds=[[0]]), "shape"),
    ],
)
def test_a_file_without_a_problem_says_what_is_wrong(tmp_path, given, words):
    with pytest.raises(NotAProblemError, match=words):
        problem_of(json.loads(json.dumps(given)), tmp_path)
