"""Pictures come in by HTTP and from cameras, models also without any town."""

import json
import time
from io import BytesIO

import cv2
import numpy as np
import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from PIL import Image

from linli.assets.inspection import apart, inbox, pictures
from linli.assets.inspection.cameras import Camera, Shutter
from linli.assets.inspection.judges import Judge
from linli.assets.inspection.learning import NothingToLearnFrom
from linli.assets.inspection.models import Inspection, Station
from linli.assets.inspection.pictures import BadPicture
from linli.assets.inspection.working import Bench
from linli.doors import keys
from tests.assets.inspection.conftest import FINE, jpeg, user
from tests.engines.test_surface import brushed, stained


@pytest.fixture
def sent(taught, client):
    """Return how to send something to the station as the owner of a key."""
    taught.feed = Station.Feed.HTTP
    taught.save()

    def send(name="inspector", query="", scopes=("inspection:write",), **told):
        secret = keys.issue(user(name), "camera", list(scopes))[1]
        headers = {"authorization": f"Bearer {secret}"}
        return client.post(f"/api/v1/stations/{taught.code}/pictures{query}", headers=headers,
                           **told)  # fmt: skip

    return send


def test_a_picture_sent_raw_is_judged_once_with_its_lot_and_serial(sent, taught):
    raw = {"data": jpeg(stained(FINE[0])), "content_type": "image/jpeg"}
    answer = sent(query="?lot=H1&serial=5", **raw)
    assert answer.status_code == 202 and answer.json()["taken"] == 1
    assert sent(query="?lot=H1&serial=5", **raw).status_code == 202
    bench = Bench(taught)
    while bench.turn():
        pass
    [part] = Inspection.objects.all()
    assert (part.lot.code, part.serial, part.verdict) == ("H1", "5", "flawed")
    assert part.key == answer.json()["keys"][0]


def test_a_form_may_hold_several(sent, taught):
    files = [SimpleUploadedFile(f"L7_{n}.jpg", jpeg(brushed(FINE[n])), "image/jpeg")
             for n in range(3)]  # fmt: skip
    answer = sent(data={"picture": files, "lot": "F1"})
    assert answer.status_code == 202 and answer.json()["taken"] == 3
    bench = Bench(taught)
    while bench.turn():
        pass
    assert sorted(Inspection.objects.values_list("lot__code", "serial")) == [
        ("F1", "0"), ("F1", "1"), ("F1", "2")
    ]  # fmt: skip


def test_what_is_no_picture_or_comes_from_the_wrong_one_is_refused(sent, taught):
    cut = {"data": jpeg(brushed(1))[:500], "content_type": "image/jpeg"}
    answer = sent(**cut)
    assert answer.status_code == 422 and "500" in answer.content.decode()
    whole = {"data": jpeg(brushed(1)), "content_type": "image/jpeg"}
    assert sent(data="{}", content_type="application/json").status_code == 415
    assert sent("operator", **whole).status_code == 403
    assert sent("resident", **whole).status_code == 404
    assert sent(scopes=("inspection:read",), **whole).status_code == 403
    Station.objects.update(feed="folder")
    assert sent(**whole).status_code == 409
    assert not inbox.waiting(Station.objects.get(), 9) if inbox.folder(taught).exists() else True


def test_a_camera_takes_each_part_once_when_it_stands_still(taught, tmp_path):
    film = str(tmp_path / "film.avi")
    out = cv2.VideoWriter(film, cv2.VideoWriter_fourcc(*"MJPG"), 25, (160, 120), True)
    for seed in range(4):
        plate = cv2.cvtColor(brushed(FINE[seed]), cv2.COLOR_GRAY2BGR)
        belt = np.zeros_like(plate)
        for step in range(0, 160, 20):  # it slides in, stands, slides out
            out.write(np.hstack([belt[:, : 160 - step], plate[:, :step]]))
        for _still in range(12):
            out.write(plate)
        for step in range(0, 160, 20):
            out.write(np.hstack([plate[:, step:], belt[:, :step]]))
    out.release()
    taught.feed, taught.address, taught.every_s = Station.Feed.CAMERA, film, 0.2
    taken = []
    camera = Camera(taught, lambda place, content: taken.append(content))
    camera.run()
    shown = [cv2.imdecode(np.frombuffer(one, np.uint8), 0).mean() for one in taken]
    assert len([light for light in shown if light > 60]) == 4
    assert camera.trouble  # the film is over


def test_at_an_interval_frames_are_taken_by_the_clock():
    shutter = Shutter(0.5, still=False)
    frame = np.zeros((40, 40), np.uint8)
    assert [shutter.wants(frame, at / 10) for at in range(12)].count(True) == 3


def test_a_camera_that_does_not_answer_is_tried_again_and_says_so(taught):
    taught.address = "/nowhere/film.avi"
    camera = Camera(taught, lambda place, content: None)
    camera.start()
    began = time.monotonic()
    while not camera.trouble and time.monotonic() - began < 20:
        time.sleep(0.05)
    assert camera.trouble and camera.is_alive()
    camera.stop()
    camera.join(5)
    assert not camera.is_alive()


@pytest.mark.django_db
def test_a_model_in_a_file_judges_a_folder_without_a_town(plates, tmp_path):
    file = tmp_path / "plates.zip"
    apart.save(Judge.load(plates), file)
    folder = tmp_path / "parts"
    folder.mkdir()
    with pytest.raises(NothingToLearnFrom, match="parts"):
        list(apart.judged(apart.load(file), folder))
    (folder / "a.jpg").write_bytes(jpeg(brushed(FINE[0])))
    (folder / "b.jpg").write_bytes(jpeg(stained(FINE[1])))
    (folder / "c.jpg").write_bytes(jpeg(brushed(FINE[2]))[:300])
    found = {line.name: line.told() for line in apart.judged(apart.load(file), folder)}
    assert [found[f"{name}.jpg"]["verdict"] for name in "abc"] == ["good", "flawed", "unusable"]
    assert "c.jpg" in found["c.jpg"]["detail"]
    assert json.dumps(found) and found["b.jpg"]["flaws"][0]["box"]
    (tmp_path / "no.zip").write_bytes(b"no model")
    with pytest.raises(ValueError, match=r"no\.zip"):
        apart.load(tmp_path / "no.zip")


def test_sixteen_bits_colour_and_huge_pictures_are_read_or_refused_by_name(settings):
    deep = cv2.imencode(".png", brushed(1, kind=np.uint16))[1].tobytes()
    assert pictures.read(deep, "deep.png").image.dtype == np.uint16
    colour = np.random.default_rng(0).integers(0, 255, (40, 50, 3)).astype(np.uint8)
    read = pictures.read(cv2.imencode(".png", colour)[1].tobytes(), "colour.png").image
    assert np.array_equal(read, colour[..., ::-1])  # red first
    huge = BytesIO()
    Image.new("1", (9000, 9000)).save(huge, "PNG")
    with pytest.raises(BadPicture, match=r"huge\.png.*9000"):
        pictures.read(huge.getvalue(), "huge.png")
    with pytest.raises(BadPicture, match=r"tiny\.png"):
        pictures.read(cv2.imencode(".png", colour[:8])[1].tobytes(), "tiny.png")
