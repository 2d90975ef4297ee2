"""Remediation on its pages: what a leader sees, and what a negotiator does with one tap."""

import re
from datetime import date, datetime
from decimal import Decimal
from zoneinfo import ZoneInfo

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from linli import clock
from linli.programmes.remediation import sheets
from linli.programmes.remediation.models import (
    Acknowledgement,
    Contract,
    Holding,
    Offer,
    Promise,
    Talk,
)
from tests.programmes.remediation import listed, small_campaign, told, with_pack
from tests.small_town import SmallTown, person
from tests.web.conftest import photo

PAGE = "/remediation/enterprises/h1/"


@pytest.fixture(autouse=True)
def day():
    with clock.at(datetime(2026, 3, 10, 10, tzinfo=ZoneInfo("Asia/Shanghai"))):
        yield


@pytest.fixture
def town(db, tmp_path):
    small = with_pack(SmallTown(tmp_path / "town"))
    small.load()
    small_campaign()
    return small


@pytest.fixture
def works(town):
    told("h1", negotiated_on=date(2026, 3, 5))
    listed("h1", building_frame=1200, building_simple=300, equipment_heavy=2)
    return Holding.objects.get(code="h1")


def text(answer) -> str:
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", answer.content.decode()))


def test_a_campaign_shows_its_blocks_side_by_side_and_when_the_last_one_signs(works, enter):
    told("h2", of="p2", negotiated_on=date(2026, 3, 4), signed_on=date(2026, 3, 6))
    seen = text(enter("leader").get("/remediation/works/"))
    assert "b1区块" in seen and "b2区块" in seen
    assert "0 / 1" in seen and "1 / 1" in seen
    assert "The last one is expected to sign on" in seen
    assert "All have signed, the last one on 2026-03-06" not in seen
    block = text(enter("leader").get("/remediation/blocks/b2/"))
    # Told on the 2nd, signed on the 6th: day 5.
    assert "All have signed, the last one on 2026-03-06, day 5." in block


def test_a_negotiator_offers_signs_and_files_with_a_tap_each(works, enter):
    builder = enter("builder")
    assert "No compensation sheet was offered yet" in text(builder.get(PAGE))
    builder.post(f"{PAGE}offer/")
    # As by hand in tests/programmes/test_remediation.py: day 9, with the bonus of 15 days.
    assert Offer.objects.get().total == Decimal("4906000.00")
    assert "4,906,000.00" in text(builder.get(PAGE))
    builder.post(f"{PAGE}climb/", {"stage": "signed"})
    assert Holding.objects.get().stage == "signed"
    answer = builder.post(f"{PAGE}contract/", {"file": photo()})
    assert answer.status_code == 302
    kept = Contract.objects.get()
    file = builder.get(f"/remediation/contracts/{kept.pk}/")
    assert file["Content-Type"] == "image/png" and "sandbox" in file["Content-Security-Policy"]
    assert enter("head").get(f"/remediation/contracts/{kept.pk}/").status_code == 404


def test_a_contract_is_a_photo_or_a_pdf_by_its_content(works, enter):
    bad = SimpleUploadedFile("contract.pdf", b"MZ\x90\x00 no such thing")
    answer = enter("builder").post(f"{PAGE}contract/", {"file": bad})
    assert answer.status_code == 422 and not Contract.objects.exists()


def test_what_is_promised_stands_there_for_the_next_and_can_be_taken_back(works, enter):
    builder = enter("builder")
    builder.post(f"{PAGE}promise/", {"item": "行车拆装", "amount": "20000", "wording": "两台"})
    builder.post(f"{PAGE}note/", {"way": "visit", "text": "核对设备"})
    seen = text(enter("leader").get(PAGE))
    assert "行车拆装" in seen and "20,000.00" in seen and "核对设备" in seen and "Gu Jiang" in seen
    row = Promise.objects.get()
    assert builder.post(f"{PAGE}take-back/", {"what": row.pk, "reason": ""}).status_code == 422
    builder.post(f"{PAGE}take-back/", {"what": row.pk, "reason": "算错"})
    assert "taken back on 2026-03-10" in text(builder.get(PAGE))
    assert builder.post(f"{PAGE}promise/", {"item": "空话"}).status_code == 422
    assert (Promise.objects.count(), Talk.objects.count()) == (1, 1)


def test_a_difference_is_shown_with_its_like_and_explained(works, enter):
    told("h2")
    listed("h2", building_frame=2000)
    sheets.offer(Holding.objects.get(code="h2"), person("builder"))
    builder = enter("builder")
    builder.post(f"{PAGE}promise/", {"item": "行车拆装", "amount": "30000"})
    page = builder.get(PAGE)
    # 30,000 over 1,500 m² of buildings is 20.
    assert "20.00 yuan a square metre here, 0.00 in the middle" in text(page)
    assert "h2五金厂" in text(page)
    what = re.search(r'name="what" value="(money:[^"]+)"', page.content.decode())
    builder.post(f"{PAGE}explain/", {"what": what.group(1), "reason": "有两台行车"})
    assert Acknowledgement.objects.get().reason == "有两台行车"
    assert "有两台行车" in text(builder.get(PAGE))


def test_a_sheet_prints_every_line_and_what_signing_earlier_brings(works, enter):
    sheets.offer(works, person("builder"))
    seen = text(enter("leader").get(f"/remediation/sheets/{Offer.objects.get().pk}/"))
    for part in ("1,200", "1,350.00", "1,620,000.00", "2,940,000.00", "4,906,000.00"):
        assert part in seen
    # By the 16th 4,906,000; by the 31st 4,786,000 + 1,500 × 30 = 4,831,000.
    assert "signed by 2026-03-16 4,906,000.00" in seen
    assert "signed by 2026-03-31 4,831,000.00" in seen


def test_only_the_negotiator_and_the_owners_are_offered_steps(works, enter):
    assert "On another day" in text(enter("builder").get(PAGE))
    assert "On another day" not in text(enter("leader").get(PAGE))
    assert enter("leader").post(f"{PAGE}offer/").status_code == 403
    assert enter("head").get(PAGE).status_code == 404
    assert enter("builder").post(f"{PAGE}nothing/").status_code == 404


def test_a_parcel_off_its_papers_is_pointed_out(town, enter):
    from tests.programmes.remediation import parcel

    # 764.6 mu measured, 800 on paper: 4.4 % less.
    assert parcel("p1", given_mu=800.0) == ["changed"]
    assert "1 parcel measures otherwise" in text(enter("leader").get("/remediation/blocks/b1/"))


@pytest.mark.parametrize(
    ("path", "most"),
    [("/remediation/", 16), ("/remediation/works/", 16), ("/remediation/blocks/b1/", 18),
     (PAGE, 34)],
)  # fmt: skip
def test_pages_ask_the_same_questions_however_many_there_are(
    works, enter, path, most, django_assert_max_num_queries
):
    for at in range(2, 14):
        told(f"h{at}")
        listed(f"h{at}", building_frame=1000 + at)
        sheets.offer(Holding.objects.get(code=f"h{at}"), person("builder"))
    client = enter("builder")
    client.get(path)
    with django_assert_max_num_queries(most):
        assert client.get(path).status_code == 200
