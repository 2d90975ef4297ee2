"""Patrol photos against "before": on the case, side by side, and where something changed."""

import io
import re

import cv2
import numpy as np
import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from PIL import Image

from linli.cases import loop
from linli.cases.intake import Report, receive
from linli.cases.models import Evidence
from tests.assets.inspection.test_station_pages import _said, enter, plain_static_files  # noqa: F401
from tests.engines.test_before import by_hand, street
from tests.small_town import SmallTown, person

pytestmark = pytest.mark.one_database  # nearly all of it is the comparing of pictures


@pytest.fixture
def town(db, tmp_path):
    small = SmallTown(tmp_path / "town")
    small.load()
    return small


def _photo(image: np.ndarray) -> SimpleUploadedFile:
    made, content = cv2.imencode(".jpg", image[..., ::-1])
    assert made
    return SimpleUploadedFile("photo.jpg", content.tobytes())


def _case(before: np.ndarray, after: np.ndarray, title: str = "桥上摆摊占道"):
    tell = Report(title, area="w1", category="stalls", reporter=person("resident"),
                  evidence=[_photo(before)])  # fmt: skip
    case = receive([tell])[0].case
    loop.act(case, "accept", person("officer"))
    reply = "已劝离摊贩并清理现场，后续加强巡查。"
    loop.act(case, "resolve", person("officer"), reply=reply, evidence=[_photo(after)])
    return case


def test_a_supervisor_sees_on_the_case_that_both_photos_can_be_compared(town):
    case = _case(street(3, rubbish=True), by_hand(street(3), 83, 1.1))
    page = enter("supervisor").get(f"/cases/{case.code}/").content.decode()
    assert f"/inspection/compare/{case.code}/" in page
    shown = enter("supervisor").get(f"/inspection/compare/{case.code}/")
    assert re.search(r"\d+ % of what both photos show has changed\.", _said(shown))
    # The heat lies over the later photo and glows where the heap was.
    before, after = Evidence.objects.filter(case=case).order_by("pk")
    heat = enter("supervisor").get(
        f"/inspection/compare/{case.code}/{before.pk}/{after.pk}/heat.img"
    )
    assert heat["Content-Type"] == "image/webp" and "immutable" in heat["Cache-Control"]
    alpha = np.asarray(Image.open(io.BytesIO(heat.content)).convert("RGBA"))[..., 3]
    height, width = alpha.shape
    assert alpha[height * 410 // 480, width * 450 // 640] > 128
    assert alpha[height // 4, width // 10] < 64


def test_photos_of_two_places_are_shown_but_not_compared(town):
    case = _case(street(3), street(9))
    shown = enter("supervisor").get(f"/inspection/compare/{case.code}/")
    assert "do not show the same place" in _said(shown)
    before, after = Evidence.objects.filter(case=case).order_by("pk")
    address = f"/inspection/compare/{case.code}/{before.pk}/{after.pk}/heat.img"
    assert enter("supervisor").get(address).status_code == 404


def test_who_does_not_see_a_case_compares_none_of_its_photos(town):
    case = _case(street(3), by_hand(street(3), 53))
    other = _case(street(4), by_hand(street(4), 54), "夜里烧烤摊油烟扰民很久了")
    before, after = Evidence.objects.filter(case=case).order_by("pk")
    addresses = [f"/inspection/compare/{case.code}/",
                 f"/inspection/compare/{case.code}/{before.pk}/{after.pk}/heat.img"]  # fmt: skip
    for address in addresses:
        assert enter("builder").get(address).status_code in (403, 404)
        assert Client().get(address).status_code == 302
    # A photo of another case is none of this one's.
    mixed = f"/inspection/compare/{other.code}/{before.pk}/{after.pk}/heat.img"
    assert enter("supervisor").get(mixed).status_code == 404


def test_a_case_with_photos_of_one_side_alone_offers_nothing_to_compare(town):
    tell = Report("桥上摆摊占道", area="w1", category="stalls", evidence=[_photo(street(3))])
    case = receive([tell])[0].case
    page = enter("supervisor").get(f"/cases/{case.code}/").content.decode()
    assert "/inspection/compare/" not in page
    assert enter("supervisor").get(f"/inspection/compare/{case.code}/").status_code == 404
