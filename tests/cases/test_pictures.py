"""A photo is kept as it came and shown without what the camera wrote into it."""

from io import BytesIO

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from PIL import ExifTags, Image

from linli.cases import loop
from linli.cases.evidence import NotEvidence
from linli.cases.pictures import LONGEST, Size, picture
from tests.cases.conftest import tell
from tests.small_town import person

pytestmark = pytest.mark.usefixtures("town", "morning")


def taken(size=(2400, 1200), turned=False) -> SimpleUploadedFile:
    """Make a photo as a phone takes it: with its place, and perhaps lying on its side."""
    exif = Image.Exif()
    gps = exif.get_ifd(ExifTags.IFD.GPSInfo)
    gps[ExifTags.GPS.GPSLatitudeRef], gps[ExifTags.GPS.GPSLatitude] = "N", (30.0, 42.0, 18.0)
    gps[ExifTags.GPS.GPSLongitudeRef], gps[ExifTags.GPS.GPSLongitude] = "E", (121.0, 0.0, 18.0)
    exif[ExifTags.Base.Make] = "Phone of Mr Wang"
    if turned:
        exif[ExifTags.Base.Orientation] = 6
    out = BytesIO()
    Image.new("RGB", size, "#456").save(out, "JPEG", exif=exif)
    return SimpleUploadedFile("IMG.jpg", out.getvalue())


def attached(file):
    case = tell("桥上摆摊占道")
    loop.act(case, "accept", person("officer"))
    loop.act(case, "resolve", person("officer"), reply="好了", evidence=[file])
    return case.evidence.get()


def test_the_place_is_read_and_the_file_kept_as_it_came():
    file = taken()
    row = attached(file)

    assert (row.lon, row.lat) == pytest.approx((121.005, 30.705))
    file.seek(0)
    assert row.file.read() == file.read()


@pytest.mark.parametrize("size", list(Size))
def test_what_is_shown_is_small_and_tells_nothing_of_place_or_owner(size):
    shown = picture(attached(taken()), size)

    image = Image.open(BytesIO(shown))
    assert max(image.size) == LONGEST[size]
    assert not image.getexif()
    assert b"Mr Wang" not in shown
    assert len(shown) < 20_000


def test_a_photo_taken_upright_is_shown_upright_and_made_once():
    row = attached(taken(turned=True))

    image = Image.open(BytesIO(picture(row, Size.SMALL)))

    assert image.height > image.width
    folder = row.file.storage.listdir(row.file.name.rpartition("/")[0])[1]
    picture(row, Size.SMALL)
    assert row.file.storage.listdir(row.file.name.rpartition("/")[0])[1] == folder


def test_a_small_picture_is_not_blown_up():
    assert Image.open(BytesIO(picture(attached(taken((60, 40))), Size.SCREEN))).size == (60, 40)


def test_a_picture_too_large_to_unpack_and_too_many_files_are_refused(monkeypatch):
    monkeypatch.setattr("linli.cases.evidence.MAX_PIXELS", 1000)
    with pytest.raises(NotEvidence):
        attached(taken((60, 40)))
    monkeypatch.undo()

    case = tell("河边路灯坏了", category="lights")
    loop.act(case, "accept", person("builder"))
    many = [taken((8, 8)) for _ in range(10)]
    with pytest.raises(NotEvidence):
        loop.act(case, "note", person("builder"), text="看", evidence=many)
    assert not case.evidence.exists()
