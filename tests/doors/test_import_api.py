"""A program brings a file in: it sees what would become of each row before it says yes."""

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from linli.cases.models import Case
from linli.doors.models import ColumnMap, Upload
from linli.people.models import AuditEntry, Organisation

pytestmark = pytest.mark.usefixtures("morning")
CASES = "title,category\n桥头又摆摊,stalls\n河边的垃圾,nothing-like-this\n"
ODD = "什么事,哪一类\n桥头又摆摊,stalls\n"


def bring(program, content, table="cases", name="cases.csv"):
    file = SimpleUploadedFile(name, content.encode())
    return program.upload("/imports", {"table": table, "file": file})


def test_a_file_is_foreseen_row_by_row_then_taken_in_once(caller):
    program = caller("dispatcher")
    sent = bring(program, CASES)
    assert sent.status_code == 201, sent.content
    told = sent.json()
    address = f"/imports/{told['upload']['token']}"

    assert not Case.objects.exists() and told["can_be_taken"]
    assert [line["fate"] for line in told["items"]] == ["new", "refused"]
    refused = program.get(address, fate="refused").json()
    assert refused["total"] == 1
    assert refused["items"][0]["faults"][0]["field"] == "category"
    faults = program.get(f"{address}/faults").json()["items"]
    assert [(fault["row"], fault["value"]) for fault in faults] == [(3, "nothing-like-this")]

    taken = program.send(f"{address}/take").json()
    assert taken["upload"]["state"] == "done" and not taken["can_be_taken"]
    assert [case.title for case in Case.objects.all()] == ["桥头又摆摊"]
    assert program.send(f"{address}/take").status_code == 409
    assert Case.objects.count() == 1
    assert AuditEntry.objects.filter(action="imported").count() == 1


def test_columns_are_named_kept_and_used_again(caller):
    program = caller("dispatcher")
    sent = bring(program, ODD).json()
    assert sent["columns"] == ["什么事", "哪一类"] and not sent["can_be_taken"]
    address = f"/imports/{sent['upload']['token']}/columns"

    read = {"mapping": {"title": "什么事", "category": "哪一类"}, "keep_as": "热线"}
    assert program.send(address, read).json()["can_be_taken"]
    assert program.send(address, {"mapping": {"title": "没有"}}).status_code == 422
    assert program.send(address, {"use": "别的"}).status_code == 422
    assert ColumnMap.objects.get().name == "热线"
    # The next file with these headings is read the same way by itself.
    assert bring(program, ODD).json()["can_be_taken"]


def test_a_file_is_nobody_elses_and_can_be_thrown_away(caller):
    program = caller("dispatcher")
    address = f"/imports/{bring(program, CASES).json()['upload']['token']}"

    other = caller("administrator")
    assert other.get(address).status_code == 404
    assert other.send(f"{address}/take").status_code == 404
    assert program.send(address, method="delete").status_code == 204
    assert not Upload.objects.exists()


def test_a_key_takes_in_only_what_its_scopes_let_it_write(caller):
    content = "code,name,kind,area,parent\nparks,园林所,department,lake,government\n"
    narrow = caller("administrator", "imports:read", "imports:write")
    refused = bring(narrow, content, "organisations")
    assert refused.status_code == 403 and "town:write" in refused.json()["detail"]

    wide = caller("administrator", "imports:write", "town:write")
    token = bring(wide, content, "organisations").json()["upload"]["token"]
    assert narrow.send(f"/imports/{token}/take").status_code == 403
    assert wide.send(f"/imports/{token}/take").status_code == 200
    assert Organisation.objects.filter(code="parks").exists()


def test_what_cannot_be_imported_is_refused(caller):
    assert bring(caller("resident"), CASES).status_code == 403
    program = caller("dispatcher")
    assert bring(program, CASES, "people").status_code == 422
    assert program.upload("/imports", {"table": "cases"}).status_code == 422
    assert bring(program, "PK\3\4 broken", name="x.xlsx").status_code == 422
    assert not Upload.objects.exists()
