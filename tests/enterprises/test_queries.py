"""However many enterprises, visits and needs there are, a page asks the database as often."""

from datetime import date, timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from linli.clock import now
from linli.enterprises import keeping
from linli.enterprises.models import Enterprise, Visit
from linli.enterprises.visiting import Request, plan, raise_difficulties, record
from tests.enterprises.ladders import CULTIVATION, RUNGS
from tests.enterprises.rows import code, enterprise, write
from tests.enterprises.test_per_mu import PER_MU
from tests.small_town import person

# What a page may ask at most, session and roles included.
PAGES = {
    "/enterprises/": 14,
    "/enterprises/?industry=C&stale=on&above=2024": 14,
    "/enterprises/visits/": 16,
    "/ladder/?lack=3": 16,
    "/ladder/?on=micro": 16,
    "/per-mu/": 16,
    "/matching/": 12,
    "/enterprises/{code}/": 30,
    "/enterprises/{code}/figures/": 18,
    "/enterprises/visits/{visit}/": 16,
    "/ladder/{code}/": 18,
    "/per-mu/{code}/": 18,
    "/matching/{need}/": 14,
}


@pytest.fixture
def park(town):
    town.categories.append(dict(CULTIVATION))
    all_answer = {"separate": True, "every_answer": True}
    town.categories.append(CULTIVATION | {"code": "enterprise", "name": "难题"} | all_answer)
    town.sections["rung"] = [dict(rung) for rung in RUNGS]
    town.sections["per_mu"] = [dict(PER_MU)]
    town.load()
    return town


def grow(first, last):
    """Add enterprises with all that hangs on them."""
    for number in range(first, last + 1):
        row = enterprise(number, products=["电机"], founded=date(2010, 1, 1))
        for year in (2023, 2024):
            write("enterprise-years", {
                "enterprise": code(number), "year": year, "output": 100.0 * number, "staff": 30,
                "sales": 900.0, "tax": 10.0 + number, "value_added": 50.0, "energy": 5.0,
                "emissions": 1.0, "rd": 9.0, "above_scale": number % 2 == 0,
            })  # fmt: skip
        write("enterprise-needs", {"enterprise": code(number), "name": "电机轴承"})
        write("enterprise-products", {"enterprise": code(number), "name": "轴承"})
        (made,) = plan([row], person("builder"), now().date() + timedelta(1), person("builder"))
        record(made, person("builder"), met="总经理")
        plan([row], person("builder"), now().date() + timedelta(2), person("builder"))
        raise_difficulties(row, [Request("缺工程师", "", "enterprise")])
    keeping.refresh()


def test_a_larger_park_asks_no_more(park, enter, monkeypatch):
    monkeypatch.setattr("linli.enterprises.visiting.PACK", "village")
    grow(1, 3)
    client = enter("builder")

    def counts():
        firm = Enterprise.objects.get(code=code(2))
        of = {"code": firm.code, "visit": Visit.objects.filter(state="done").first().pk,
              "need": firm.needs.get().pk}  # fmt: skip
        found = {}
        for path in PAGES:
            client.get(path.format(**of))
            with CaptureQueriesContext(connection) as asked:
                assert client.get(path.format(**of)).status_code == 200, path
            found[path] = len(asked)
        return found

    few = counts()
    grow(4, 9)
    assert counts() == few
    assert {path: n for path, n in few.items() if n > PAGES[path]} == {}
