"""Packs on their pages: read, uploaded, compared, applied, taken back."""

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from linli.cases.models import Category
from linli.packs.models import TownVersion
from tests.web.conftest import SmallTown

ROOM = "/administration/packs/"


def sent(town: SmallTown, name: str = "village.toml") -> dict:
    content = (town.write() / "packs" / "village.toml").read_bytes()
    return {"file": SimpleUploadedFile(name, content)}


def test_a_pack_goes_from_upload_to_in_force_and_back(town, enter):
    client = enter("administrator")
    assert "乡村" in enter("administrator", "zh-hans").get(ROOM).text
    assert "urban-management" in client.get(f"{ROOM}of/village/").text
    assert client.get(f"{ROOM}of/village/source/").text.startswith("code =")
    town.category("lights")["resolve_hours"] = 30

    page = client.post(f"{ROOM}upload/", sent(town), follow=True)
    assert "15" in page.text
    assert "hours to resolve" in page.text
    draft = TownVersion.objects.get(number=None)
    client.post(f"{ROOM}drafts/{draft.pk}/apply/")
    assert Category.objects.get(code="lights").resolve_hours == 30

    first = TownVersion.objects.get(how="loaded")
    page = client.post(f"{ROOM}versions/{first.pk}/restore/", follow=True)
    assert "30" in page.text
    client.post(page.request["PATH_INFO"] + "apply/")
    assert Category.objects.get(code="lights").resolve_hours == 15


def test_faults_are_shown_with_file_and_line(town, enter):
    town.category("lights")["lead"] = "nobody"

    page = enter("administrator").post(f"{ROOM}upload/", sent(town))

    assert page.status_code == 422
    assert "packs/village.toml, line" in page.text
    assert "nothing was changed" in page.text
    assert not TownVersion.objects.filter(number=None).exists()


@pytest.mark.parametrize("role", ["leader", "dispatcher", "resident", "villager"])
def test_nobody_else_changes_a_pack(town, enter, role):
    town.people.append(["villager", "西管", "Xi", "westteam", "administrator", "", ""])
    town.load()
    town.category("lights")["resolve_hours"] = 30
    enter("administrator").post(f"{ROOM}upload/", sent(town))
    draft = TownVersion.objects.get(number=None)
    client = enter(role)

    for path in ("upload/", f"drafts/{draft.pk}/apply/", f"drafts/{draft.pk}/drop/",
                 f"versions/{draft.pk}/restore/"):  # fmt: skip
        assert client.post(ROOM + path, sent(town)).status_code == 403, path
        assert client.get(ROOM + path).status_code in (403, 405)
    assert client.get(f"{ROOM}drafts/{draft.pk}/").status_code == 403
    assert client.get(ROOM).status_code == (200 if role == "villager" else 403)
    assert Category.objects.get(code="lights").resolve_hours == 15
