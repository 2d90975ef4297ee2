"""A changed pack over REST: checked whole, its difference shown, applied, and taken back."""

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from tests.doors.conftest import caller
from tests.packs.test_drafts import pack, town

from linli.cases.models import Category
from linli.packs.models import TownVersion

__all__ = ["caller", "town"]
pytestmark = pytest.mark.django_db


def upload(program, content: bytes, name: str = "village.toml"):
    return program.upload("/packs", {"file": SimpleUploadedFile(name, content)})


def test_a_pack_is_uploaded_compared_applied_and_taken_back(caller, town):
    program = caller("administrator")
    first = program.get("/packs").json()
    assert [row["code"] for row in first["packs"]] == ["village"] and first["draft"] is None
    before = first["versions"][0]
    source = program.get("/packs/village").json()["source"]
    assert source.encode() == pack(town)

    town.category("stalls")["name"] = "流动摊贩"
    draft = upload(program, pack(town))
    assert draft.status_code == 201, draft.content
    changes = [change for change in draft.json()["changes"] if change["kind"] == "category"]
    assert [(change["code"], change["fields"]["name"]) for change in changes] == [
        ("stalls", ["占道摆摊", "流动摊贩"])
    ]
    assert Category.objects.get(code="stalls").name == "占道摆摊"
    address = f"/versions/{draft.json()['draft']['id']}"
    applied = program.send(f"{address}/apply").json()
    assert applied["applied"] and applied["draft"]["number"] > before["number"]
    assert Category.objects.get(code="stalls").name == "流动摊贩"
    assert program.send(f"{address}/apply").status_code == 404

    again = program.send(f"/versions/{before['id']}/restore")
    assert again.status_code == 201
    back = f"/versions/{again.json()['draft']['id']}"
    assert program.send(back, method="delete").status_code == 204
    assert Category.objects.get(code="stalls").name == "流动摊贩"


def test_a_faulty_pack_is_refused_with_every_fault(caller, town):
    program = caller("administrator")
    town.category("stalls")["accept_hours"] = -3

    refused = upload(program, pack(town))

    assert refused.status_code == 422
    assert any("village.toml" in error["message"] for error in refused.json()["errors"])
    assert upload(program, b"", "town.txt").status_code == 422
    assert program.send("/packs").status_code == 422
    assert caller("dispatcher").get("/packs").status_code == 403
    assert not TownVersion.objects.filter(number=None).exists()
