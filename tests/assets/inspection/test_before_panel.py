"""A pump station of the town shows on its page what was found there and what was done about it."""

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse

from linli.assets.register import telling
from linli.cases import loop
from tests.assets.plant import asset
from tests.small_town import person
from tests.web.conftest import png

pytestmark = pytest.mark.usefixtures("plant", "morning")


def photo(name):
    return SimpleUploadedFile(name, png(), content_type="image/png")


def shown(code, who="builder"):
    client = Client(headers={"accept-language": "en"})
    client.force_login(person(who))
    return client.get(f"/assets/{code}/").content.decode()


def test_photos_of_a_pump_station_lead_from_before_to_after():
    pump = asset("PS1-P1")
    case = telling.fault(pump, person("builder"), "泵体渗油", "", "f1", [photo("before.png")])
    address = reverse("compare-photos", args=[case.code])
    assert address not in shown("PS1"), "there is no after yet"

    loop.act(case, "accept", person("builder"))
    loop.act(case, "resolve", person("builder"), reply="已更换密封件并清理现场，试运行正常。",
             evidence=[photo("after.png")])  # fmt: skip
    for code in ("PS1", "PS1-P1"):
        page = shown(code)
        assert f'href="{address}"' in page and "What changed: " in page
        for file in case.evidence.all():
            assert reverse("picture", args=[file.pk, "small"]) in page
    assert address not in shown("PS1-P2")
    client = Client()
    client.force_login(person("builder"))
    assert client.get(address).status_code == 200
