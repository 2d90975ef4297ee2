"""Land is cut on the map: the server makes every shape, and keeps all of them or none."""

import json
from datetime import date

import pytest
import shapely
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse

from linli.people import audit
from linli.people.models import AuditEntry
from linli.programmes.remediation import watch
from linli.programmes.remediation.cutting import given, saving, sheet
from linli.programmes.remediation.cutting.ground import of_block, of_campaign
from linli.programmes.remediation.cutting.sheet import Refused
from linli.programmes.remediation.models import Alarm, Block, Campaign, Holding, Parcel
from tests.programmes import remediation as land
from tests.programmes.conftest import browser
from tests.small_town import person, square

# West to east through the middle of the western block, at 30.715.
MIDDLE = [[121.001, 30.715], [121.011, 30.715]]


@pytest.fixture
def small(small):
    return land.with_pack(small)


@pytest.fixture
def works(town):
    land.small_campaign()
    return town


def block_ground():
    return of_block(Block.objects.select_related("campaign").get(code="b1"))


def campaign_ground():
    return of_campaign(Campaign.objects.get(code="works"))


def tried(ground, kind, line=(), only=(), of=None):
    """Do an operation as a browser asks for it, with what it was told before."""
    told = of or given.told(sheet.opened(ground))
    body = {
        "pieces": [{k: v for k, v in piece.items() if k != "mu"} for piece in told["pieces"]],
        "where": {one["code"]: one["piece"] for one in told["enterprises"]},
        "operation": {"kind": kind, "line": list(line), "only": list(only)},
    }
    found = given.tried(ground, given.TryGiven.model_validate_json(json.dumps(body)))
    return given.told(found)


def keep(ground, told, by="administrator", **more):
    """Keep what a browser has made of it."""
    body = {
        "pieces": [{k: v for k, v in piece.items() if k != "mu"} for piece in told["pieces"]],
        "where": {one["code"]: one["piece"] for one in told["enterprises"]},
        "mark": ground.mark, **more,
    }  # fmt: skip
    read = given.KeepGiven.model_validate_json(json.dumps(body))
    return saving.save(given.read(ground, read), read.mark, person(by), read.leaves_out,
                       read.reason)  # fmt: skip


def sizes(told):
    return {piece["code"]: piece["mu"] for piece in told["pieces"]}


def test_a_block_is_cut_into_parcels_and_each_is_measured(works):
    # 766.3 m by 665.2 m are 50.97 hectares, 764.6 mu; half of that is 382.3.
    told = tried(block_ground(), "cut", MIDDLE)
    assert sizes(told) == {"p1": pytest.approx(382.3, abs=0.5),
                           "p1-2": pytest.approx(382.3, abs=0.5)}  # fmt: skip
    assert not told["faults"]
    keep(block_ground(), told)
    assert sorted(Parcel.objects.filter(block__code="b1").values_list("code", flat=True)) == [
        "p1", "p1-2"]  # fmt: skip
    row = Parcel.objects.get(code="p1-2")
    assert row.mu == pytest.approx(382.3, abs=0.5)
    assert row.use == "工业"


def test_nothing_is_kept_by_trying(works):
    tried(block_ground(), "cut", MIDDLE)
    assert Parcel.objects.filter(block__code="b1").count() == 1


def test_who_stands_on_a_parcel_stays_on_the_part_with_its_code_or_is_put_elsewhere(works):
    land.told("h1")
    land.told("h2")
    told = tried(block_ground(), "cut", MIDDLE)
    assert {one["code"]: one["piece"] for one in told["enterprises"]} == {"h1": "p1", "h2": "p1"}
    told["enterprises"][1]["piece"] = "p1-2"
    keep(block_ground(), told)
    standing = Holding.objects.values_list("code", "parcel__code")
    assert dict(standing) == {"h1": "p1", "h2": "p1-2"}


def test_merging_puts_everybody_on_what_is_left(works):
    land.told("h1")
    told = tried(block_ground(), "cut", MIDDLE)
    told["enterprises"][0]["piece"] = "p1-2"
    keep(block_ground(), told)
    # Both halves are alike; whichever is larger by a centimetre keeps its code.
    merged = tried(block_ground(), "merge", only=["p1", "p1-2"])
    (code,) = sizes(merged)
    assert merged["enterprises"][0]["piece"] == code
    keep(block_ground(), merged)
    assert Holding.objects.get(code="h1").parcel.code == code
    assert Parcel.objects.filter(block__code="b1").count() == 1


def test_the_area_of_a_campaign_is_cut_into_blocks_that_inherit_its_owner_and_day(works):
    told = tried(campaign_ground(), "cut", MIDDLE)
    assert set(sizes(told)) == {"b1", "b1-2", "b2"}
    # The one parcel of the block would lie in two: it must be cut first.
    assert [fault["kind"] for fault in told["faults"]] == ["across"]
    with pytest.raises(Refused, match="p1"):
        keep(campaign_ground(), told)
    keep(block_ground(), tried(block_ground(), "cut", MIDDLE))
    told = tried(campaign_ground(), "cut", MIDDLE)
    keep(campaign_ground(), told)
    row = Block.objects.get(code="b1-2")
    assert (row.due_on, row.name) == (date(2026, 4, 30), "b1区块 2")
    assert sorted(p.block.code for p in Parcel.objects.all()) == ["b1", "b1-2", "b2"]


def test_a_first_block_is_drawn_where_there_is_none(town):
    land.campaign()
    corners = [[121.002, 30.712], [121.010, 30.712], [121.010, 30.718], [121.002, 30.718]]
    told = tried(campaign_ground(), "carve", corners)
    (piece,) = told["pieces"]
    assert piece["code"] == "works-01"
    assert piece["mu"] == pytest.approx(764.6, abs=0.5)
    told["pieces"][0]["name"] = "一号区块"
    keep(campaign_ground(), told)
    row = Block.objects.get(campaign__code="works")
    assert (row.name, row.due_on) == ("一号区块", date(2026, 6, 30))


def test_a_piece_is_carved_out_of_another(works):
    # A quarter of the width and a quarter of the height: a sixteenth of 764.6 is 47.8 mu.
    corner = [[121.002, 30.712], [121.004, 30.712], [121.004, 30.7135], [121.002, 30.7135]]
    told = tried(block_ground(), "carve", corner)
    assert sizes(told) == {"p1": pytest.approx(716.8, abs=0.5),
                           "p1-2": pytest.approx(47.8, abs=0.2)}  # fmt: skip
    assert not told["faults"]


def test_a_corner_moves_in_both_neighbours_so_that_nothing_gapes(works):
    keep(block_ground(), tried(block_ground(), "cut", MIDDLE))
    told = tried(block_ground(), "move", [[121.010, 30.715], [121.010, 30.716]])
    assert not told["faults"]
    assert sum(sizes(told).values()) == pytest.approx(764.6, abs=0.5)
    with pytest.raises(Refused, match="No piece has a corner"):
        tried(block_ground(), "move", [[121.005, 30.7131], [121.006, 30.7131]])


def test_a_gap_is_refused_filled_or_left_out_on_purpose(works):
    keep(block_ground(), tried(block_ground(), "cut", MIDDLE))
    told = given.told(sheet.opened(block_ground()))
    short = tried(block_ground(), "move", [[121.002, 30.718], [121.002, 30.7175]])
    # A triangle of half a thousandth of a degree (55.4 m) by 766.3 m: 2.12 hectares, 31.9 mu.
    (fault,) = short["faults"]
    assert fault["kind"] == "gap"
    assert "31.8" in fault["text"] or "31.9" in fault["text"]
    with pytest.raises(Refused, match="no piece any more"):
        keep(block_ground(), short)
    filled = tried(block_ground(), "fill", of=short)
    assert len(filled["pieces"]) == 3
    assert not filled["faults"]
    keep(block_ground(), short, leaves_out=True)
    assert sum(row.mu for row in Parcel.objects.filter(block__code="b1")) == pytest.approx(
        sum(sizes(told).values()) - 31.87, abs=0.3
    )
    # What lay in no piece before may stay so.
    keep(block_ground(), given.told(sheet.opened(block_ground())))


def test_what_lies_over_each_other_or_outside_is_refused_and_trimmed(works):
    keep(block_ground(), tried(block_ground(), "cut", MIDDLE))
    told = given.told(sheet.opened(block_ground()))
    told["pieces"][0]["geometry"] = square(121.001, 30.7145, 121.010, 30.718)
    told["pieces"][1]["geometry"] = square(121.002, 30.712, 121.010, 30.715)
    checked = tried(block_ground(), "trim", of=told)
    assert not checked["faults"]
    kinds = {fault["kind"] for fault in given.told(
        given.read(block_ground(), given.SheetGiven(pieces=[
            given.PieceGiven(**{k: v for k, v in piece.items() if k != "mu"})
            for piece in told["pieces"]]))
    )["faults"]}  # fmt: skip
    assert kinds == {"overlap", "outside"}
    for leaves_out in (False, True):
        with pytest.raises(Refused, match="over each other"):
            keep(block_ground(), told, leaves_out=leaves_out)


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"geometry": {"type": "Point", "coordinates": [121.0, 30.7]}}, "no polygon"),
        ({"geometry": {"type": "Polygon", "coordinates": [
            [[121.002, 30.712], [121.010, 30.718], [121.010, 30.712], [121.002, 30.718],
             [121.002, 30.712]]]}}, "cross"),
        ({"geometry": {"type": "Polygon", "coordinates": "all of it"}}, "no polygon"),
        ({"code": "p 1"}, "only letters"),
        ({"code": "p2"}, "used twice"),
    ],
)  # fmt: skip
def test_a_browser_is_not_trusted(works, change, said):
    told = given.told(sheet.opened(block_ground()))
    told["pieces"][0] |= change
    with pytest.raises(Refused, match=said):
        keep(block_ground(), told)


def test_who_cut_meanwhile_is_not_cut_over(works):
    ground, told = block_ground(), tried(block_ground(), "cut", MIDDLE)
    stale = ground.mark
    keep(
        block_ground(),
        tried(
            block_ground(),
            "carve",
            [[121.002, 30.712], [121.004, 30.712], [121.004, 30.7135], [121.002, 30.7135]],
        ),
    )
    read = given.read(block_ground(), given.SheetGiven(pieces=[
        given.PieceGiven(**{k: v for k, v in piece.items() if k != "mu"})
        for piece in told["pieces"]]))  # fmt: skip
    with pytest.raises(Refused, match="meanwhile"):
        saving.save(read, stale, person("administrator"))


def test_only_who_answers_for_a_campaign_cuts_it(works):
    told = tried(block_ground(), "cut", MIDDLE)
    with pytest.raises(Refused, match="not yours"):
        keep(block_ground(), told, by="worker")
    keep(block_ground(), told, by="builder")


def test_what_papers_say_stays_with_a_piece_that_measures_as_before(works):
    assert Block.objects.get(code="b1").given_mu == 765.0
    keep(block_ground(), tried(block_ground(), "cut", MIDDLE))
    keep(campaign_ground(), given.told(sheet.opened(campaign_ground())))
    assert Block.objects.get(code="b1").given_mu == 765.0
    keep(campaign_ground(), tried(campaign_ground(), "cut", MIDDLE))
    assert Block.objects.get(code="b1").given_mu is None


def test_the_alarm_of_a_block_that_is_gone_goes_to_who_has_its_land(works):
    keep(block_ground(), tried(block_ground(), "cut", MIDDLE))
    keep(campaign_ground(), tried(campaign_ground(), "cut", MIDDLE))
    gone = Block.objects.get(code="b1-2")
    Block.objects.filter(pk=gone.pk).update(due_on=date(2026, 3, 1))
    holding = land.told("h1")
    parcel = Parcel.objects.filter(block=gone).get()
    Holding.objects.filter(pk=holding.pk).update(parcel=parcel)
    watch.look()
    assert Alarm.objects.filter(block=gone).exists()
    told = tried(campaign_ground(), "merge", only=["b1", "b1-2"])
    keep(campaign_ground(), told)
    left = Block.objects.get(code__in=["b1", "b1-2"])
    assert Alarm.objects.get(what__startswith="late").block == left
    assert Parcel.objects.filter(block=left).count() == 2


def test_every_cut_stands_on_the_trail_with_its_reason(works):
    keep(block_ground(), tried(block_ground(), "cut", MIDDLE), reason="规划道路穿过")
    entry = AuditEntry.objects.get(action="land-cut")
    assert (entry.key, entry.reason) == ("b1", "规划道路穿过")
    before, after = entry.changes["mu"]
    assert before.startswith("p1 764.") and "p1-2 382." in after
    assert not audit.faults()


# --- the page and REST -----------------------------------------------------------------------


def test_a_page_tries_and_keeps_what_is_drawn(works):
    builder = browser("builder")
    page = builder.get(reverse("cut-block", args=["b1"]))
    told = json.loads(page.content.decode().split('id="cut-sheet" type="application/json">')[1]
                      .split("</script>")[0])  # fmt: skip
    body = {"pieces": [{k: v for k, v in p.items() if k != "mu"} for p in told["pieces"]],
            "where": {}}  # fmt: skip
    answer = builder.post(
        reverse("try-block", args=["b1"]),
        json.dumps(body | {"operation": {"kind": "cut", "line": MIDDLE}}), "application/json",
    )  # fmt: skip
    assert answer.status_code == 200, answer.content
    made = answer.json()
    kept = builder.post(
        reverse("cut-block", args=["b1"]),
        json.dumps({"pieces": [{k: v for k, v in p.items() if k != "mu"} for p in made["pieces"]],
                    "where": {}, "mark": told["mark"]}), "application/json",
    )  # fmt: skip
    assert kept.json() == {"leads": reverse("remediation-block", args=["b1"])}
    assert Parcel.objects.filter(block__code="b1").count() == 2
    crosses = builder.post(
        reverse("try-block", args=["b1"]),
        json.dumps(body | {"operation": {"kind": "cut", "line": [[0, 0], [1, 1]]}}),
        "application/json",
    )  # fmt: skip
    assert crosses.status_code == 409
    assert "crosses no piece" in crosses.json()["detail"]


def test_who_does_not_draw_gives_the_shapes_as_a_file(works):
    features = [
        {"type": "Feature", "properties": {"code": code, "use": "仓储"},
         "geometry": square(121.002, south, 121.010, north)}
        for code, south, north in (("p1", 30.712, 30.716), ("p1-north", 30.716, 30.718))
    ]  # fmt: skip
    content = json.dumps({"type": "FeatureCollection", "features": features}).encode()
    page = browser("builder").post(
        reverse("cut-block", args=["b1"]),
        {"file": SimpleUploadedFile("p.geojson", content), "coordinates": "wgs84"},
    )
    assert page.status_code == 302
    # Four of six thousandths: two thirds of 764.6 are 509.7 mu.
    assert Parcel.objects.get(code="p1").mu == pytest.approx(509.7, abs=0.5)
    assert Parcel.objects.get(code="p1-north").use == "仓储"
    gap = json.dumps({"type": "FeatureCollection", "features": features[:1]})
    page = browser("builder").post(
        reverse("cut-block", args=["b1"]), {"text": gap, "coordinates": "wgs84"}
    )
    assert page.status_code == 422
    assert "lie in no piece any more" in page.content.decode()
    assert "p1-north" in set(Parcel.objects.values_list("code", flat=True))


def test_others_are_not_let_in(works):
    assert browser("worker").get(reverse("cut-block", args=["b1"])).status_code == 404
    assert browser("leader").get(reverse("cut-campaign", args=["works"])).status_code == 403


def test_a_page_asks_as_often_for_many_pieces_as_for_few(works, django_assert_max_num_queries):
    builder = browser("builder")
    address = reverse("cut-block", args=["b1"])
    builder.get(address)
    line = [[121.001, 30.713], [121.011, 30.713]]
    for at in range(4):
        line = [[121.001, 30.713 + at / 1000], [121.011, 30.713 + at / 1000]]
        keep(block_ground(), tried(block_ground(), "cut", line))
    with django_assert_max_num_queries(22):
        assert builder.get(address).status_code == 200


def test_shapes_of_a_cut_fit_to_the_last_digit(works):
    keep(block_ground(), tried(block_ground(), "cut", MIDDLE))
    shapes = [row.geometry for row in Parcel.objects.filter(block__code="b1")]
    whole = shapely.union_all(shapes)
    assert whole.geom_type == "Polygon"
    assert not whole.interiors
    assert shapely.intersection(*shapes).area == 0
