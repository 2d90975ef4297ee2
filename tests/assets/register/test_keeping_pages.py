"""Shifts, skills of crews, new spares and manuals are kept by hand, by who keeps the plant."""

from datetime import time

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse

from linli.assets.register import manuals
from linli.assets.register.models import CrewSkill, Manual, Shift, Skill, Spare
from linli.doors import keys
from linli.people.models import AuditEntry
from tests.assets.plant import asset
from tests.small_town import person

pytestmark = pytest.mark.usefixtures("plant", "morning")
WEEK = {
    "code": "early", "name": "早班", "days": ["1", "2", "3"], "begins": "06:00", "ends": "14:00",
}  # fmt: skip


def step(client, who, name, told, code="P1"):
    client.force_login(person(who))
    return client.post(reverse("asset-step", args=[code, name]), told)


def audited(action):
    return AuditEntry.objects.filter(action=action).count()


def test_a_shift_of_the_week_is_added_changed_and_checked_by_who_keeps_the_plant(client):
    assert step(client, "operator", "shift", WEEK).status_code == 403
    assert step(client, "engineer", "shift", WEEK).status_code == 302
    [shift] = Shift.objects.filter(code="early")
    assert (shift.plant.code, shift.days, shift.begins) == ("P1", [1, 2, 3], time(6))
    step(client, "engineer", "shift", WEEK | {"days": ["6"], "ends": "13:00"})
    shift.refresh_from_db()
    assert (shift.days, shift.ends) == ([6], time(13))
    assert audited("shift-kept") == 2
    assert step(client, "engineer", "shift", WEEK | {"days": []}).status_code == 422
    page = client.get(reverse("asset-shifts", args=["P1"])).content.decode()
    assert 'name="begins"' in page and "早班" in page


def test_how_many_have_a_skill_is_said_by_shift_and_again(client):
    step(client, "engineer", "shift", WEEK)
    skill = Skill.objects.filter(retired=False).first()
    told = {"organisation": "p1-maintenance", "skill": skill.code, "shift": "", "people": "3"}
    for given in (told, told | {"people": "4"}, told | {"shift": "early", "people": "1"}):
        assert step(client, "engineer", "crew", given).status_code == 302
    found = CrewSkill.objects.filter(skill=skill).order_by("people")
    assert list(found.values_list("shift__code", "people")) == [("early", 1), (None, 4)]
    # Nobody speaks for a crew of somebody else.
    other = step(client, "engineer", "crew", told | {"organisation": "housing"})
    assert other.status_code == 422 and audited("crew-skill-kept") == 3


def test_a_new_spare_goes_into_the_store_of_its_plant_and_no_code_is_taken_twice(client):
    told = {"code": "b-9", "name": "轴承", "fits": "press", "minimum": 1, "lead_days": 9,
            "price_yuan": "80"}  # fmt: skip
    answer = step(client, "engineer", "spare", told)
    assert answer["Location"] == reverse("spare", args=["b-9"])
    spare = Spare.objects.get(code="b-9")
    assert (spare.plant.code, spare.stock, spare.fits) == ("P1", 0, ["press"])
    assert step(client, "engineer", "spare", told | {"name": "别的"}).status_code == 422
    assert Spare.objects.get(code="b-9").name == "轴承"


def test_a_manual_is_removed_with_its_file_and_the_trail_keeps_that_it_was_there(
    client, django_capture_on_commit_callbacks
):
    machine = asset("P1-L1-M01")
    file = SimpleUploadedFile("m.txt", "先断电".encode())
    kept = manuals.keep(machine, "维修手册", file, person("engineer"))
    told = {"manual": kept.pk}
    assert step(client, "operator", "manual-removal", told, machine.code).status_code == 403
    assert step(client, "engineer", "manual-removal", told, "P1-L1-M02").status_code == 404
    with django_capture_on_commit_callbacks(execute=True):
        assert step(client, "engineer", "manual-removal", told, machine.code).status_code == 302
    assert not Manual.objects.exists() and not kept.file.storage.exists(kept.file.name)
    assert audited("manual-removed") == 1

    # One of a whole kind is read beside other machines too: only who filed it takes it away.
    file = SimpleUploadedFile("k.txt", "润滑".encode())
    general = manuals.keep(machine, "润滑手册", file, person("engineer"), manuals.KIND)
    told = {"manual": general.pk}
    assert step(client, "mechanic", "manual-removal", told, machine.code).status_code == 403
    assert step(client, "engineer", "manual-removal", told, machine.code).status_code == 302


def test_a_program_removes_a_manual_as_its_page_does():
    machine = asset("P1-L1-M01")
    file = SimpleUploadedFile("m.txt", "先断电".encode())
    kept = manuals.keep(machine, "维修手册", file, person("engineer"))

    def removed(name, code=machine.code):
        secret = keys.issue(person(name), "MES", list(keys.scopes()))[1]
        program = Client(headers={"authorization": f"Bearer {secret}"})
        return program.delete(f"/api/v1/assets/{code}/manuals/{kept.pk}").status_code

    assert removed("operator") == 403
    assert removed("engineer", "P1-L1-M02") == 404
    assert removed("engineer") == 204
    assert not Manual.objects.exists() and audited("manual-removed") == 1
