"""Greenhouses: limits and works follow the stage of what grows there."""

from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

import numpy as np
import pytest

from linli import clock
from linli.assets.growing import works
from linli.assets.growing.courses import standing
from linli.assets.growing.models import Growth
from linli.assets.growing.recording import record
from linli.assets.register import tree
from linli.assets.register.models import Asset, Level
from linli.assets.telemetry import store
from linli.assets.telemetry.alarms import Alarms
from linli.assets.telemetry.models import Tag, Watch
from linli.assets.telemetry.points import Points, moment
from linli.cases.models import Case
from linli.cases.refusal import Refused
from linli.doors import keys
from linli.people.scope import scope
from linli.sections import Faulty
from linli.tables import declared
from tests.assets.plant import PlantTown
from tests.small_town import person

pytestmark = pytest.mark.django_db
NOON = datetime(2026, 12, 1, 12, tzinfo=ZoneInfo("Asia/Shanghai"))


class FarmTown(PlantTown):
    """The small town whose plant has a greenhouse, G1, and a department that grows."""

    def __init__(self, folder):
        super().__init__(folder)
        self.town["packs"] = ["village", "factory", "farm"]
        self.row("p1-process")[6] += " agriculture"


@pytest.fixture
def house(db, tmp_path):
    FarmTown(tmp_path / "town").load_with_assets()
    one = Asset(code="G1", name="一号大棚", name_en="Greenhouse 1", level=Level.STRUCTURE,
                kind="greenhouse", parent=Asset.objects.get(code="P1"),
                organisation=Asset.objects.get(code="P1-L1").organisation)  # fmt: skip
    tree.save(one)
    Tag.objects.create(asset=one, key="temperature", name="温度", unit="°C", low=-20, high=60)
    with clock.at(NOON):
        yield one


def warm(degrees, began, minutes=20):
    """Let the greenhouse be so warm, a point a minute."""
    times = moment(began) + np.arange(minutes).astype("timedelta64[m]")
    store.write(Points.series({"G1.temperature": (times, np.full(minutes, float(degrees)))}))


def test_the_same_warmth_is_an_alarm_at_one_stage_and_none_at_another(house):
    # Strawberries bear 32 °C when planted and 28 °C in blossom.
    operator = person("operator")
    record(house, "strawberry", "planting", operator, NOON - timedelta(days=2))
    record(house, "strawberry", "flowering", operator, NOON - timedelta(hours=1))
    alarms = Alarms()

    warm(31, NOON - timedelta(hours=2))
    alarms.follow()
    assert not Case.objects.exists()
    warm(31, NOON - timedelta(minutes=30))
    alarms.follow()

    case = Case.objects.get()
    assert case.category.code == "greenhouse-climate" and "28" in case.body
    sides = set(case.assignments.values_list("side", "organisation__code"))
    assert sides == {("territorial", "p1-l1"), ("functional", "p1-process")}


def test_an_alarm_ends_with_the_stage_it_is_about(house):
    operator = person("operator")
    record(house, "strawberry", "flowering", operator, NOON - timedelta(days=1))
    warm(31, NOON - timedelta(minutes=60))
    Alarms().follow()
    assert Watch.objects.get().state == "raised"

    record(house, "strawberry", "planting", operator, NOON - timedelta(minutes=30))
    warm(31, NOON - timedelta(minutes=29))
    Alarms().follow()

    assert Watch.objects.get().state == "quiet"


def test_works_follow_the_stage_and_those_of_later_stages_are_expected(house):
    # Flowering since 21 November (30 days): bees on days 1–5, mildew on days 5–30, thinning on
    # 8–24 (28 November – 14 December). Fruit from 21 December on: picking from day 15, 4 January.
    record(house, "strawberry", "flowering", person("operator"), NOON - timedelta(days=10))
    growth = standing([house])[house.pk]

    found = works.due([growth], date(2026, 12, 1), date(2027, 1, 4))

    told = {work.name: (work.begins, work.ends, work.is_expected) for work in found}
    assert "放蜂授粉" not in told
    assert told["疏花疏果"] == (date(2026, 11, 28), date(2026, 12, 14), False)
    assert told["分批采收"] == (date(2027, 1, 4), date(2027, 4, 19), True)


def test_a_second_word_for_the_same_moment_puts_the_first_right(house):
    at = NOON - timedelta(days=1)
    record(house, "tomato", "seedling", person("operator"), at)
    record(house, "tomato", "leaf", person("operator"), at)

    assert standing([house])[house.pk].stage == "leaf"
    assert Growth.objects.filter(superseded=True).count() == 1
    for crop, stage, since in (
        ("tomato", "ripe", at), ("cotton", "leaf", at), ("tomato", "leaf", NOON + timedelta(1)),
    ):  # fmt: skip
        with pytest.raises(Refused):
            record(house, crop, stage, person("operator"), since)


def test_those_of_the_farm_say_the_stage_on_the_page_and_over_rest(house, client):
    client.force_login(person("operator"))
    answer = client.post("/greenhouses/G1/", {"stage": "strawberry.fruiting", "note": "见红"})
    assert answer.status_code == 302
    page = client.get("/greenhouses/G1/", headers={"accept-language": "en"}).content.decode()
    assert "Fruit and harvest" in page and "Too hot for strawberry fruit" in page
    assert "Too hot for strawberry blossoms" not in page
    assert client.get("/greenhouses/").status_code == 200
    month = client.get("/greenhouses/calendar/?month=2026-12",
                       headers={"accept-language": "en"})  # fmt: skip
    assert "Pick what is ripe" in month.content.decode()

    secret = keys.issue(person("operator"), "any", list(keys.scopes()))[1]
    headers = {"Authorization": f"Bearer {secret}"}
    empty = client.post("/api/v1/assets/G1/crop-stage", {}, "application/json", headers=headers)
    assert empty.json()["crop"] is None and not standing([house])
    client.force_login(person("officer"))
    assert client.post("/greenhouses/G1/", {"stage": "-"}).status_code in (403, 404)


def test_a_rule_for_a_stage_no_crop_has_is_named(db, tmp_path):
    town = FarmTown(tmp_path / "town")
    town.write()
    pack = town.folder / "packs" / "orchard.toml"
    pack.write_text('code = "orchard"\nname = "果园"\n[[rule]]\ncode = "x"\nname = "x"\n'
                    'key = "t"\nabove = 1.0\nstages = ["strawberry.sleeping"]\n')  # fmt: skip
    town.town["packs"].append("orchard")
    with pytest.raises(Faulty, match=r"strawberry\.sleeping"):
        town.load()


def test_stages_come_in_from_a_file_and_what_does_not_grow_there_is_named(house):
    writer = declared()["crop-stages"].writer
    sight = scope(person("chief"))
    row = {"asset": "G1", "crop": "strawberry", "stage": "leaf", "since": NOON - timedelta(days=5)}

    assert writer.check(sight, [row, row | {"stage": "ripe"}])[1][0].column == "crop"
    writer.write(sight, [row])

    assert standing([house])[house.pk].stage == "leaf"
    assert writer.check(sight, [row]) == ["unchanged"]
