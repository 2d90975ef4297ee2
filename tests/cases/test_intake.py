"""One door for all reports."""

import pytest

from linli import clock
from linli.cases import learnt
from linli.cases.intake import Fate, Report, Unusable, receive
from linli.cases.loop import act
from linli.cases.models import Case, Category, State
from linli.cases.models import Report as Row
from linli.engines.geo import from_wgs84
from linli.places.town import changed
from tests.cases.conftest import BRIDGE, tell
from tests.small_town import person

pytestmark = pytest.mark.usefixtures("town", "morning")
LON, LAT = BRIDGE
STALLS = "桥头每天傍晚都有流动摊贩占道经营，行人只能走机动车道，很危险，希望有人管一管"


def test_the_same_external_id_is_taken_in_once():
    first = receive([Report("路灯不亮", source="api", external_id="7")])[0]
    again = receive([Report("路灯不亮", source="api", external_id="7")])[0]

    assert (first.fate, again.fate) == (Fate.NEW, Fate.REPEAT)
    assert again.case == first.case and again.code == first.code
    assert Case.objects.count() == Row.objects.count() == 1


def test_the_same_id_twice_in_one_batch_is_taken_in_once():
    told = Report("路灯不亮", source="api", external_id="7")
    receipts = receive([told, told])

    assert [r.fate for r in receipts] == [Fate.NEW, Fate.REPEAT]
    assert receipts[0].code == receipts[1].code and Row.objects.count() == 1


def test_the_same_id_of_another_source_is_another_report():
    receive([Report("路灯不亮", source="api", external_id="7")])

    assert receive([Report("井盖坏了", source="hotline", external_id="7")])[0].fate == Fate.NEW


def test_a_near_twin_nearby_follows_the_open_case():
    first = tell(STALLS, reporter=person("resident"))
    receipt = receive(
        [Report(STALLS.replace("希望有人管一管", "请管管"), lon=LON, lat=LAT + 0.0005)]
    )[0]

    assert (receipt.fate, receipt.case.pk) == (Fate.FOLLOWER, first.pk)
    assert first.reports.count() == 2
    assert first.events.filter(action="follow").count() == 1


def test_the_same_words_about_another_place_are_another_case():
    tell(STALLS)

    assert receive([Report(STALLS, lon=LON + 0.01, lat=LAT)])[0].fate == Fate.NEW


def test_a_twin_of_an_ended_case_is_a_new_case():
    case = tell(STALLS)
    act(case, "cancel", person("dispatcher"), reason="误报")

    assert receive([Report(STALLS, lon=LON, lat=LAT)])[0].fate == Fate.NEW


def test_twins_in_one_batch_find_each_other():
    told = [Report(STALLS + ending, lon=LON, lat=LAT) for ending in ("", "！", "。谢谢")]

    assert [r.fate for r in receive(told)] == [Fate.NEW, Fate.FOLLOWER, Fate.FOLLOWER]
    assert Case.objects.count() == 1


def test_a_follower_gets_the_same_answers():
    case = tell("路灯不亮了，天黑看不见路，老人容易摔跤", category="lights")
    receive([Report("路灯不亮了，天黑看不见路，老人容易摔跤。", lon=LON, lat=LAT,
                    reporter=person("resident"))])  # fmt: skip
    case = act(case, "accept", person("builder"))
    case = act(case, "resolve", person("builder"), reply="灯已换")

    notice = person("resident").notices.get(case=case)
    assert notice.action == "resolve"


@pytest.mark.parametrize("system", ["wgs84", "gcj02", "bd09"])
def test_a_point_is_understood_in_its_coordinate_system(system):
    lon, lat = from_wgs84([LON], [LAT], system)
    case = tell("桥头摆摊", lon=float(lon[0]), lat=float(lat[0]), coordinates=system)

    assert case.community_grid.code == "w1"
    assert abs(case.lon - LON) < 1e-5 and abs(case.lat - LAT) < 1e-5


def test_a_place_named_in_the_text_locates_the_case():
    case = tell("东村的路灯不亮", lon=None, lat=None, category="lights")

    assert case.area.code == "east" and case.community_grid.code == "e1"
    assert case.events.get(action="report").data["place"]["path"][-1] == "east"


def test_a_point_outside_the_town_waits_for_a_dispatcher():
    case = tell("隔壁县的路灯", lon=120.0)

    assert case.state == State.REPORTED and case.community_grid is None
    assert (case.lon, case.lat, case.located_by) == (120.0, LAT, "")


def test_a_point_outside_the_town_gives_way_to_a_place_named_in_the_text():
    case = tell("东村的路灯不亮", lon=120.0, category="lights")

    assert case.community_grid.code == "e1" and case.located_by == "name"


def test_a_clear_text_gets_its_category_and_goes_straight_to_both_sides():
    case = tell("路灯不亮了", category=None)

    assert case.category.code == "lights" and case.state == State.DISPATCHED
    assert case.suggestions[0][0] == "lights"


def test_an_unclear_text_waits_for_a_dispatcher():
    case = tell("你好", category=None)

    assert case.category is None and case.state == State.REPORTED


def test_a_trained_model_is_used_before_the_examples():
    learnt.train_categories(["冬天下雪"] * 5 + ["夏天炎热"] * 5, ["lights"] * 5 + ["rubbish"] * 5)

    assert tell("今天冬天下雪了", category=None).suggestions[0][0] == "lights"


def test_what_was_learnt_from_the_examples_is_kept_until_they_change(settings, monkeypatch):
    def kept():
        return [file.name for file in settings.MODELS_ROOT.rglob("examples/*.npz")]

    def learnt_anew():
        changed()
        return learnt.category_model()

    first, names = learnt_anew(), kept()
    with monkeypatch.context() as patched:
        patched.setattr(learnt.CategoryModel, "fit", None)  # it is read, not learnt again
        assert learnt_anew().fingerprint == first.fingerprint

    lights = Category.objects.get(code="lights")
    lights.examples = [*lights.examples, "路灯一闪一闪"]
    lights.save()
    assert learnt_anew().fingerprint != first.fingerprint
    assert len(kept()) == len(names) == 1 and kept() != names


def test_a_model_that_cannot_be_read_leaves_the_examples(caplog, settings):
    learnt.train_categories(["冬天下雪"] * 5 + ["夏天炎热"] * 5, ["lights"] * 5 + ["rubbish"] * 5)
    (model,) = settings.MODELS_ROOT.rglob("*.npz")
    model.write_bytes(b"not a model any more")

    assert tell("路灯不亮了", category=None).category.code == "lights"
    assert "train it anew" in caplog.text


def test_labels_the_packs_do_not_know_are_refused():
    with pytest.raises(learnt.NotEnough, match="军事"):
        learnt.train_categories(["一", "二"], ["lights", "军事"])


@pytest.mark.parametrize(
    ("told", "field"),
    [
        ({"title": " "}, "title"),
        ({"title": "路" * 201}, "title"),
        ({"body": "路" * 20_001}, "body"),
        ({"body": "路\0"}, "body"),
        ({"source": "gossip"}, "source"),
        ({"category": "ufo"}, "category"),
        ({"area": "atlantis"}, "area"),
        ({"lon": 1210.14}, "lon"),
        ({"lat": float("nan")}, "lat"),
        ({"lon": None}, "lon"),
        ({"coordinates": "mars"}, "coordinates"),
    ],
)
def test_what_cannot_be_taken_in_is_named_and_nothing_is_written(told, field):
    report = Report(**{"title": "桥头摆摊", "lon": LON, "lat": LAT, **told})

    with pytest.raises(Unusable) as refused:
        receive([Report("好的一条"), report])
    assert refused.value.field == field
    assert not Case.objects.exists()


def test_a_report_of_the_past_is_dispatched_in_its_own_time():
    then = clock.now().replace(year=2025)
    case = tell("桥头摆摊", created=then)

    assert case.reported_at == case.dispatched_at == then
    assert case.accept_due.year == 2025


def test_a_hundred_reports_cost_no_more_queries_than_ten(django_assert_max_num_queries):
    def told(count, start):
        return [
            Report("".join(chr(0x4E00 + (start + n) * 17 + k) for k in range(12)),
                   category="stalls", lon=LON, lat=LAT, external_id=f"{start}-{n}", source="api")
            for n in range(count)
        ]  # fmt: skip

    receive(told(2, 1000))
    with django_assert_max_num_queries(40):
        receive(told(10, 100))
    with django_assert_max_num_queries(40):
        receive(told(100, 300))
    assert Case.objects.count() == 112
