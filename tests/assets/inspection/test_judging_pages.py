"""One part after the other: confirmed, overruled, given a kind, taken back; lots; versions."""

from datetime import timedelta

import pytest

from linli.assets.inspection import pictures
from linli.assets.inspection.models import Hour, Inspection, Lot, LotStep, Version
from tests.assets.inspection.parts import lot, parts, picture, station
from tests.assets.inspection.test_station_pages import _said, enter, plain_static_files  # noqa: F401
from tests.small_town import person

Judgement = Inspection.Judgement


def _judge(client, part, judgement="confirmed", **more):
    told = {"judgement": judgement, **more}
    return client.post(f"/inspection/parts/{part.pk}/judge/", told)


def _htmx(client, address, told):
    return client.post(address, told, headers={"hx-request": "true"})


def test_the_queue_begins_with_the_part_that_has_waited_longest(plant, morning):
    where = station()
    _good, first, _second = parts(where, "gff", morning - timedelta(minutes=30))
    answer = enter("inspector").get(f"/inspection/{where.code}/judge/")
    assert answer["Location"] == f"/inspection/parts/{first.pk}/"
    assert enter("operator").get(f"/inspection/{where.code}/judge/").status_code == 403


def test_a_judgement_is_kept_counted_and_leads_to_the_next_part(plant, morning):
    where, client = station(), enter("inspector")
    first, second = parts(where, "ff", morning - timedelta(minutes=30))
    answer = _judge(client, first)
    assert answer["Location"] == f"/inspection/parts/{second.pk}/"
    first.refresh_from_db()
    assert (first.judgement, first.judged_by.username) == (Judgement.CONFIRMED, "inspector")
    assert Hour.objects.get().confirmed == 1
    assert _judge(client, second, "overruled")["Location"] == f"/inspection/{where.code}/judge/"
    assert Hour.objects.get().false_alarms == 1
    assert "Every flawed part is judged." in _said(client.get(f"/inspection/{where.code}/judge/"))


def test_within_the_page_the_next_part_takes_the_place_of_the_last(plant, morning):
    where, client = station(), enter("inspector")
    first, second = parts(where, "ff", morning - timedelta(minutes=30))
    answer = _htmx(client, f"/inspection/parts/{first.pk}/judge/", {"judgement": "confirmed"})
    assert answer["HX-Push-Url"] == f"/inspection/parts/{second.pk}/"
    page = answer.content.decode()
    assert second.serial in page and "<html" not in page
    last = _htmx(client, f"/inspection/parts/{second.pk}/judge/", {"judgement": "confirmed"})
    assert last["HX-Redirect"] == f"/inspection/{where.code}/judge/"


def test_a_kind_that_an_inspector_names_stands_with_the_part(plant, morning):
    where, client = station(), enter("inspector")
    [part] = parts(where, "f", morning - timedelta(minutes=30))
    _judge(client, part, kind="dent")
    assert part.flaws.get(by=person("inspector")).kind.code == "dent"
    assert "said by Jin Minglan" in _said(client.get(f"/inspection/parts/{part.pk}/"))


def test_the_last_judgement_can_be_taken_back(plant, morning):
    where, client = station(), enter("inspector")
    first, second = parts(where, "ff", morning - timedelta(minutes=30))
    _judge(client, first, kind="dent")
    page = client.get(f"/inspection/parts/{second.pk}/").content.decode()
    assert f"/inspection/parts/{first.pk}/undo/" in page
    assert client.post(f"/inspection/parts/{first.pk}/undo/").status_code == 302
    first.refresh_from_db()
    assert (first.judgement, first.judged_by) == (Judgement.NONE, None)
    assert not first.flaws.filter(by__isnull=False).exists()
    assert Hour.objects.get().confirmed == 0


@pytest.mark.parametrize("role", ["operator", "technologist", "chief", "engineer"])
def test_only_inspectors_judge(plant, morning, role):
    where = station()
    [part] = parts(where, "f", morning - timedelta(minutes=30))
    client = enter(role)
    assert _judge(client, part).status_code == 403
    assert client.post(f"/inspection/parts/{part.pk}/undo/").status_code == 403
    assert "data-judge" not in client.get(f"/inspection/parts/{part.pk}/").content.decode()
    part.refresh_from_db()
    assert part.judgement == Judgement.NONE


def test_a_picture_of_no_use_is_not_judged(plant, morning):
    where, client = station(), enter("inspector")
    [part] = parts(where, "u", morning - timedelta(minutes=30))
    said = _said(client.get(f"/inspection/parts/{part.pk}/"))
    assert "Picture unusable Blurred" in said
    assert _judge(client, part).status_code == 422


def test_a_part_says_its_score_against_the_threshold_and_where_its_flaw_lies(plant, morning):
    where = station()
    [part] = parts(where, "f", morning - timedelta(minutes=30), of=lot())
    answer = enter("operator").get(f"/inspection/parts/{part.pk}/")
    assert "Score 5.00, threshold 3.00" in _said(answer)
    page = answer.content.decode()
    assert '<rect x="4" y="4" width="8.0" height="8.0"/>' in page
    assert f'href="/inspection/parts/{part.pk}/heat.img"' in page


def test_pictures_never_change_and_go_to_nobody_else(plant, morning):
    where, client = station(), enter("operator")
    [part] = parts(where, "f", morning - timedelta(minutes=30))
    for what, kind in (("whole", "image/jpeg"), ("small", "image/webp"), ("heat", "image/webp")):
        answer = client.get(f"/inspection/parts/{part.pk}/{what}.img")
        assert answer["Content-Type"] == kind
        assert answer["Cache-Control"] == "private, max-age=604800, immutable"
        assert "sandbox" in answer["Content-Security-Policy"]
    assert client.get(f"/inspection/parts/{part.pk}/else.img").status_code == 404
    Inspection.objects.filter(pk=part.pk).update(picture="", heat="")
    assert client.get(f"/inspection/parts/{part.pk}/whole.img").status_code == 404
    assert "no longer kept" in _said(client.get(f"/inspection/parts/{part.pk}/"))


def test_a_lot_is_found_by_its_code_and_a_part_by_its_serial_number(plant, morning):
    where, client = station(), enter("operator")
    [part] = parts(where, "f", morning - timedelta(minutes=30), of=lot("L2603-7"))
    found = client.get("/inspection/lots/?q=L2603").content.decode()
    assert f"/inspection/lots/{lot('L2603-7').pk}/" in found
    found = client.get(f"/inspection/lots/?q={part.serial}").content.decode()
    assert f"/inspection/parts/{part.pk}/" in found
    assert "No lot begins with" in _said(client.get("/inspection/lots/?q=X9"))


def test_a_lot_is_held_and_released_with_a_reason_by_its_inspectors(plant, morning):
    where = station()
    parts(where, "gf", morning - timedelta(minutes=30), of=lot())
    at, client = f"/inspection/lots/{lot().pk}", enter("inspector")
    assert enter("operator").post(f"{at}/hold/", {"reason": "why not"}).status_code == 403
    assert client.post(f"{at}/hold/", {"reason": ""}).status_code == 422
    assert client.post(f"{at}/hold/", {"reason": "scratches in a row"}).status_code == 302
    assert Lot.objects.get().state == Lot.State.HELD
    said = _said(client.get(f"{at}/"))
    assert "since 2026-03-10 09:00 · scratches in a row" in said
    assert client.post(f"{at}/release/", {"reason": "checked again"}).status_code == 302
    assert Lot.objects.get().state == Lot.State.RELEASED
    assert client.post(f"{at}/release/", {"reason": "again"}).status_code == 422
    steps = LotStep.objects.order_by("pk").values_list("state", "by__username", "reason")
    assert list(steps) == [
        ("held", "inspector", "scratches in a row"), ("released", "inspector", "checked again"),
    ]  # fmt: skip


def test_a_lot_shows_its_flawed_parts_first_and_which_kinds_they_have(plant, morning):
    where, client = station(), enter("operator")
    rows = parts(where, "gffg", morning - timedelta(minutes=30), of=lot())
    page = client.get(f"/inspection/lots/{lot().pk}/")
    assert page.content.decode().count("data-verdict") == 2
    assert "All flaws are of one kind: Scratch" in _said(page)
    every = client.get(f"/inspection/lots/{lot().pk}/?all=1").content.decode()
    assert every.count("data-verdict") == len(rows)


def test_versions_are_told_with_what_they_gained_on_the_same_pictures(plant, morning):
    where = station()
    Version.objects.create(
        station=where, number=2, state=Version.State.READY, asked_at=morning,
        before={"missed": 0.10, "false_alarms": 0.01, "n": 80},
        after={"missed": 0.04, "false_alarms": 0.02, "n": 80},
    )  # fmt: skip
    said = _said(enter("operator").get(f"/inspection/{where.code}/versions/"))
    assert "better: Flawed parts missed; worse: Good parts called flawed" in said
    assert "(on 80 judged pictures)" in said and "10.0 % → 4.0 %" in said


def test_a_version_is_chosen_and_gone_back_on_with_a_reason(plant, morning):
    where, client = station(), enter("technologist")
    Version.objects.create(station=where, number=2, state=Version.State.READY, asked_at=morning)
    at = f"/inspection/{where.code}/versions"
    assert enter("operator").post(f"{at}/2/use/", {"reason": "newer"}).status_code == 403
    assert client.post(f"{at}/2/use/", {"reason": ""}).status_code == 422
    assert client.post(f"{at}/2/use/", {"reason": "misses less"}).status_code == 302
    where.refresh_from_db()
    assert where.version.number == 2
    assert client.post(f"{at}/1/use/", {"reason": "cries too often"}).status_code == 302
    where.refresh_from_db()
    assert where.version.number == 1
    states = dict(Version.objects.values_list("number", "state"))
    assert states == {1: Version.State.CURRENT, 2: Version.State.RETIRED}
    assert "cries too often" in _said(client.get(f"{at}/"))


def test_a_picture_that_cannot_be_read_breaks_no_page(plant, morning):
    where = station()
    [part] = parts(where, "f", morning - timedelta(minutes=30))
    pictures.keep(picture(part.picture), b"no picture")
    assert enter("operator").get(f"/inspection/parts/{part.pk}/small.img").status_code == 404


def test_a_part_shows_the_good_ones_it_looks_most_like(plant, morning):
    where, client = station(), enter("operator")
    good, flawed = parts(where, "gf", morning - timedelta(minutes=30))
    given = pictures.home() / "samples" / where.code / "good" / "fine.jpg"
    given.parent.mkdir(parents=True)
    given.write_bytes(pictures.path(good.picture).read_bytes())
    there = {"box": [4, 4, 12, 12], "there": [2, 2, 10, 10], "score": 5.0, "distance": 1.0}
    Inspection.objects.filter(pk=flawed.pk).update(
        likes=[there | {"sample": f"#{good.pk}"}, there | {"sample": "fine.jpg"},
               there | {"sample": "../../secret"}]
    )  # fmt: skip
    page = client.get(f"/inspection/parts/{flawed.pk}/").content.decode()
    for address in (f"/inspection/parts/{good.pk}/whole.img",
                    f"/inspection/{where.code}/samples/fine.jpg"):  # fmt: skip
        assert f'href="{address}"' in page
        assert client.get(address)["Content-Type"] == "image/jpeg"
    assert "secret" not in page and page.count("sigma off") == 3
    assert client.get(f"/inspection/{where.code}/samples/none.jpg").status_code == 404
    assert enter("head").get(f"/inspection/{where.code}/samples/fine.jpg").status_code == 404


def test_a_station_is_taught_from_its_page_once_something_was_judged(plant, morning):
    where, client = station(), enter("inspector")
    [part] = parts(where, "f", morning - timedelta(minutes=30))
    at = f"/inspection/{where.code}/versions/"
    assert "Nothing to learn from yet." in _said(client.get(at))
    assert client.post(f"{at}teach/").status_code == 422
    _judge(client, part, "overruled")
    assert "1 part was judged by people" in _said(client.get(at))
    assert enter("operator").post(f"{at}teach/").status_code == 403
    assert client.post(f"{at}teach/").status_code == 302
    made = Version.objects.get(number=2)
    assert (made.state, made.by) == (Version.State.FITTING, person("inspector"))
    page = client.get(at).content.decode()
    assert "hx-trigger" in page and "is being learnt since" in page
    assert client.post(f"{at}teach/").status_code == 422  # one at a time
