"""A changed pack is checked whole, its difference shown, applied at once, and can be taken back."""

import io
import zipfile
from datetime import date

import pytest
from tests.small_town import SmallTown, organisation, person

from linli.cases import calendar_changes
from linli.cases.models import Category
from linli.packs import drafts, versions
from linli.packs.models import SourceText, TownVersion
from linli.people import administration, audit
from linli.people.administration import Impossible, OutOfReach
from linli.people.models import AuditEntry, Membership, Organisation
from linli.places.models import Town
from linli.sections import Faulty


@pytest.fixture
def town(db, tmp_path):
    small = SmallTown(tmp_path / "town")
    small.load()
    return small


def pack(town: SmallTown) -> bytes:
    return (town.write() / "packs" / "village.toml").read_bytes()


def zipped(town: SmallTown, *left_out: str, within: str = "lake/") -> bytes:
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w") as archive:
        for path in sorted(town.write().rglob("*")):
            name = path.relative_to(town.folder).as_posix()
            if path.is_file() and name not in left_out:
                archive.write(path, within + name)
        archive.writestr(f"{within}../../evil.txt", "x")
    return made.getvalue()


def propose(content: bytes, name: str = "village.toml") -> TownVersion:
    how, stem, files = drafts.files_of(name, content)
    return drafts.draft(person("administrator"), how, stem, files)


def told(version: TownVersion) -> dict[str, tuple[str, dict]]:
    return {c["code"]: (c["what"], c["fields"]) for c in version.changes}


def test_the_difference_is_shown_and_nothing_is_written(town):
    town.category("lights")["resolve_hours"] = 30
    town.categories.remove(town.category("neighbours"))
    town.categories.append({**town.category("rubbish"), "code": "mud", "name": "淤泥"})
    before = list(Category.objects.order_by("pk").values()), Town.objects.get().version

    version = propose(pack(town))

    assert told(version)["lights"] == ("changed", {"resolve_hours": [15.0, 30.0]})
    assert told(version)["neighbours"] == ("removed", {})
    assert told(version)["mud"][0] == "new"
    assert (list(Category.objects.order_by("pk").values()), Town.objects.get().version) == before


def test_applied_it_holds_and_is_in_the_trail(town):
    town.category("lights")["resolve_hours"] = 30
    version = propose(pack(town))

    assert drafts.apply(version, person("administrator"))

    assert Category.objects.get(code="lights").resolve_hours == 30
    entry = AuditEntry.objects.get(action="pack-applied")
    assert entry.changes["category lights resolve_hours"] == [15.0, 30.0]
    assert entry.by == person("administrator")
    assert audit.faults() == []
    with pytest.raises(Impossible):
        drafts.apply(version, person("administrator"))


def test_faults_name_file_and_line_as_in_the_town_folder(town):
    town.category("lights")["resolve_hours"] = -3
    content = pack(town)
    line = content.decode().split("\n").index("resolve_hours = -3") + 1

    with pytest.raises(Faulty) as caught:
        propose(content)

    (fault,) = caught.value.faults
    assert (fault.spot.file, fault.spot.number, fault.field) == (
        "packs/village.toml", line, "resolve_hours"
    )  # fmt: skip
    assert "/tmp" not in str(fault)
    assert not TownVersion.objects.filter(number=None).exists()


def test_going_back_brings_the_earlier_version_again(town):
    first = versions.in_force()
    town.category("lights")["resolve_hours"] = 30
    drafts.apply(propose(pack(town)), person("administrator"))

    back = drafts.again(first, person("administrator"))
    assert told(back)["lights"] == ("changed", {"resolve_hours": [30.0, 15.0]})
    drafts.apply(back, person("administrator"))

    assert Category.objects.get(code="lights").resolve_hours == 15
    assert versions.in_force() == back


def test_a_pack_leaves_people_and_calendar_as_the_pages_made_them(town):
    by = person("administrator")
    administration.grant(by, person("officer"), organisation("housing"), "head")
    rules = calendar_changes.present()
    day = date(2026, 12, 24)
    calendar_changes.change(by, calendar_changes.checked(rules.hours, [day], []))
    town.category("lights")["resolve_hours"] = 30

    drafts.apply(propose(pack(town)), by)

    assert Membership.objects.filter(user=person("officer"), role="head").exists()
    assert Town.objects.get().calendar["holidays"] == ["2026-12-24"]


def test_a_town_that_changed_meanwhile_is_looked_at_again(town):
    town.category("lights")["resolve_hours"] = 30
    version = propose(pack(town))
    town.category("lights")["resolve_hours"] = 20
    town.load()

    assert not drafts.apply(version, person("administrator"))

    assert Category.objects.get(code="lights").resolve_hours == 20
    assert told(version)["lights"] == ("changed", {"resolve_hours": [20.0, 30.0]})
    assert drafts.apply(version, person("administrator"))


def test_a_zipped_town_without_people_leaves_them(town):
    town.row("housing")[1] = "住建办"
    version = propose(zipped(town, "people.csv"), "lake.zip")

    assert told(version)["housing"] == ("changed", {"name": ["建设办", "住建办"]})
    drafts.apply(version, person("administrator"))

    assert Organisation.objects.get(code="housing").name == "住建办"
    assert Membership.objects.filter(user=person("worker")).exists()
    assert set(version.files) == {"town.toml", "calendar.toml", "areas.geojson",
                                  "organisations.csv", "packs/village.toml"}  # fmt: skip


def test_a_zipped_town_with_people_shows_whose_roles_change(town):
    town.row("officer")[4] = "officer head"
    version = propose(zipped(town, within=""), "lake.zip")

    assert told(version)["officer head"] == ("new", {})
    drafts.apply(version, person("administrator"))

    assert Membership.objects.filter(user=person("officer"), role="head").exists()
    assert "people.csv" not in TownVersion.objects.get(pk=version.pk).files


@pytest.mark.parametrize(
    ("name", "content"),
    [("village.txt", b"x"), ("a b.toml", b""), ("lake.zip", b"no archive"),
     ("../village.exe", b"")],
)  # fmt: skip
def test_what_is_no_pack_and_no_town_is_refused(town, name, content):
    with pytest.raises(Impossible):
        propose(content, name)


def test_a_new_pack_is_put_beside_the_others(town):
    content = b'code = "extra"\nname = "\xe5\xa4\x9a"\n'

    drafts.apply(propose(content, "extra.toml"), person("administrator"))

    assert Town.objects.get().packs == ["village", "extra"]
    assert Category.objects.get(code="lights").pack == "village"


def test_only_who_administers_the_whole_town_may(town):
    town.people.append(["villager", "西管", "", "westteam", "administrator", "", ""])
    town.load()
    version = propose(pack(town))

    for name in ("villager", "leader", "dispatcher"):
        with pytest.raises(OutOfReach):
            drafts.apply(version, person(name))


def test_a_text_is_kept_once_however_often_it_is_loaded(town):
    count = SourceText.objects.count()
    town.category("lights")["resolve_hours"] = 30
    town.load()

    assert SourceText.objects.count() == count + 1
    assert TownVersion.objects.filter(number__isnull=False).count() == 2
