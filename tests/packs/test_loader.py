"""A town's files become rows, are brought up to date, and never tear a hole into open work."""

from pathlib import Path

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone
from tests.small_town import SmallTown, area, category, organisation, person

from linli.cases.models import Assignment, Case, Category, State
from linli.cases.section import FUNCTIONS
from linli.engines.geo import partition_faults
from linli.packs.loader import load
from linli.people.models import Lead, Membership, Organisation, User
from linli.places.atlas import atlas
from linli.places.models import Area, Layer, Town
from linli.places.town import the_town
from linli.rows import Counts
from linli.sections import Faulty

ROOT = Path(__file__).parents[2]
pytestmark = pytest.mark.django_db


def open_case(state=State.DISPATCHED, **values):
    moment = timezone.now()
    grids = {"area": area("w1"), "community_grid": area("w1"), "service_grid": area("market")}
    return Case.objects.create(
        **{"source": "resident", "title": "摊", "reported_at": moment, "touched_at": moment,
           "state": state, "category": category("stalls")} | grids | values
    )  # fmt: skip


def refusals(town):
    with pytest.raises(Faulty) as refused:
        town.load()
    return [str(fault).removeprefix(f"{town.folder}/") for fault in refused.value.faults]


# --- the first load --------------------------------------------------------------------------


def test_a_loaded_town_has_its_areas_people_and_categories(town):
    loaded = town.load()

    assert loaded.changed
    assert loaded.counts["areas"] == Counts(created=10)
    assert (Organisation.objects.count(), User.objects.count(), Category.objects.count()) == (
        4, 12, 5,
    )  # fmt: skip
    assert loaded.town.packs == ["village"]
    assert (loaded.town.version, the_town().version) == (1, 1)


def test_an_area_knows_its_way_down_its_seat_and_a_point_inside(town):
    town.load()

    grid = area("w2")
    assert grid.path == "lake/west/w2/"
    assert area("west").seat == area("w1")
    assert grid.geometry.contains_properly(grid.geometry.representative_point())
    assert atlas().locate_points([grid.lon], [grid.lat])[0].community_grid == grid.pk


def test_coordinates_of_printed_maps_are_brought_to_wgs84(town):
    town.town["coordinates"] = "gcj02"
    town.load()

    assert area("w1").geometry.bounds[0] == pytest.approx(121.00 - 0.0045, abs=0.002)
    assert area("w1").geometry.bounds[0] != 121.00


def test_neighbours_still_meet_after_the_shift_of_printed_maps(town):
    town.town["coordinates"] = "bd09"
    town.load()

    grids = {a.code: a.geometry for a in Area.objects.filter(is_grid=True, layer="service")}
    assert not partition_faults(grids, area("lake").geometry, tolerance_m2=20)


def test_new_people_cannot_sign_in_before_they_are_given_a_password(town):
    town.load()

    assert not person("officer").has_usable_password()


def test_a_resident_has_an_account_but_no_office(town):
    town.load()

    assert person("resident").is_active
    assert not person("resident").memberships.exists()


def test_a_person_with_two_roles_holds_both(town):
    town.load()

    roles = person("builder").memberships.values_list("role", flat=True)
    assert sorted(roles) == ["head", "officer"]


def test_a_category_knows_its_pack_and_its_parent(town):
    town.load()

    assert category("stalls").parent == category("order")
    assert category("stalls").pack == "village"
    assert category("stalls").evidence == ["photo"]


def test_the_pack_of_a_town_comes_before_the_one_of_the_same_name_that_linli_brings(town):
    town.town["packs"] = ["governance"]
    town.write()
    text = (town.folder / "packs/village.toml").read_text()
    own = town.folder / "packs/governance.toml"
    own.write_text(text.replace('code = "village"', 'code = "governance"'))
    load(town.folder)

    assert set(Category.objects.values_list("pack", flat=True)) == {"governance"}
    assert category("stalls")


def test_gb18030_tables_and_byte_order_marks_are_read(town):
    town.write()
    encodings = {
        "people.csv": "gb18030",
        "organisations.csv": "utf-8-sig",
        "town.toml": "utf-8-sig",
        "areas.geojson": "utf-8-sig",
    }
    for name, encoding in encodings.items():
        text = (town.folder / name).read_text(encoding="utf-8")
        (town.folder / name).write_text(text, encoding=encoding)
    load(town.folder)

    assert person("resident").name == "林晓荷"
    assert organisation("housing").name == "建设办"


# --- loading again ---------------------------------------------------------------------------


def test_loading_twice_changes_nothing(town):
    first = town.load()
    again = town.load()

    assert not again.changed
    assert (again.created, again.updated, again.removed, again.retired) == (0, 0, 0, 0)
    assert again.town.version == first.town.version == 1


def test_a_second_load_writes_nothing_at_all(town):
    town.load()
    with CaptureQueriesContext(connection) as queries:
        load(town.folder)

    verbs = {query["sql"].split()[0] for query in queries.captured_queries}
    assert verbs <= {"SELECT", "SAVEPOINT", "RELEASE", "BEGIN"}


def test_comments_and_order_of_lines_are_no_change(town):
    town.load()
    town.people.reverse()
    town.areas.reverse()
    town.write()
    with (town.folder / "town.toml").open("a") as file:
        file.write("# a remark\n")

    assert not load(town.folder).changed


def test_a_changed_file_updates_the_same_row(town):
    town.load()
    before = area("w1").pk
    town.area("w1")["properties"]["name"] = "西村桥头格"
    loaded = town.load()

    assert loaded.counts["areas"] == Counts(updated=1)
    assert (area("w1").pk, area("w1").name) == (before, "西村桥头格")
    assert the_town().version == 2


def test_an_area_given_to_another_parent_changes_its_way_down(town):
    town.load()
    town.area("market")["properties"]["parent"] = "west"
    town.load()

    assert area("market").path == "lake/west/market/"


def test_a_load_that_is_refused_leaves_everything_as_it_was(town):
    town.load()
    town.area("w1")["properties"]["name"] = "新名"
    town.row("officer")[3] = "nowhere"
    refusals(town)

    assert area("w1").name == "西村一格"
    assert the_town().version == 1


def test_another_town_is_refused_where_one_lives_already(town, tmp_path):
    town.load()
    other = SmallTown(tmp_path / "sea")
    other.town["code"] = "sea"

    [fault] = refusals(other)
    assert fault == (
        "town.toml, line 1, key “code”: this installation serves “lake” (Lake) already; "
        "another town needs an installation of its own."
    )
    assert Town.objects.count() == 1


# --- people come and go ----------------------------------------------------------------------


def test_who_left_the_files_loses_office_and_lead_but_not_the_account(town):
    town.load()
    town.people.remove(town.row("officer"))
    loaded = town.load()

    assert not person("officer").is_active
    assert not person("officer").memberships.exists()
    assert loaded.counts["people"] == Counts(removed=1)


def test_a_lead_passes_to_who_the_file_names(town):
    town.load()
    town.row("elder")[5] = "e1 e2 works"
    town.row("worker")[5] += " fields"
    town.load()

    lead = Lead.objects.get(area=area("fields"), side="community")
    assert lead.user == person("worker")
    assert Lead.objects.count() == 18


def test_a_membership_the_file_does_not_name_is_taken_away(town):
    town.load()
    Membership.objects.create(
        user=person("resident"), organisation=organisation("housing"), role="head"
    )
    town.row("housing")[1] = "建设管理办"
    town.load()

    assert not person("resident").memberships.exists()
    assert person("resident").is_active


def test_who_comes_back_to_the_files_may_sign_in_again(town):
    town.load()
    row = town.row("officer")
    town.people.remove(row)
    town.load()
    town.people.append(row)
    town.load()

    assert person("officer").is_active


def test_somebody_who_registered_by_themselves_is_left_alone(town):
    User.objects.create_user("passerby")
    town.load()

    assert person("passerby").is_active


# --- what is left out ------------------------------------------------------------------------


def test_an_area_without_any_case_is_deleted(town):
    town.load()
    town.drop_grid("w2", into="w1")
    loaded = town.load()

    assert loaded.counts["areas"] == Counts(updated=1, removed=1)
    assert not Area.objects.filter(code="w2").exists()


def test_an_area_with_open_cases_is_not_removed_and_says_how_many(town):
    town.load()
    for _ in range(3):
        open_case(area=area("w2"), community_grid=area("w2"))
    open_case(State.CLOSED, area=area("w2"), community_grid=area("w2"))
    town.drop_grid("w2", into="w1")

    assert refusals(town) == [
        "areas.geojson (code w2): “西村二格” is left out but still has 3 open cases."
    ]
    assert not area("w2").retired


def test_an_area_with_ended_cases_only_is_retired(town):
    town.load()
    open_case(State.CLOSED, area=area("w2"), community_grid=area("w2"))
    town.drop_grid("w2", into="w1")
    loaded = town.load()

    assert loaded.counts["areas"] == Counts(updated=1, retired=1)
    assert area("w2").retired
    assert area("w2").pk not in atlas().areas


def test_a_village_stays_with_its_grid_when_the_grid_is_retired(town):
    town.load()
    open_case(State.CLOSED, area=area("e1"), community_grid=area("e1"))
    for code in ("e1", "e2"):
        town.drop_grid(code, into="w1" if code == "e1" else "w2")
    town.areas.remove(town.area("east"))
    town.row("leader")[5] = "lake west"
    loaded = town.load()

    assert (area("e1").retired, area("east").retired) == (True, True)
    assert loaded.counts["areas"].removed == 1


def test_a_retired_area_returns_with_the_files(town):
    town.load()
    before = area("w2").pk
    open_case(State.CLOSED, area=area("w2"), community_grid=area("w2"))
    full = SmallTown(town.folder)
    town.drop_grid("w2", into="w1")
    town.load()
    full.load()

    assert (area("w2").pk, area("w2").retired) == (before, False)


def test_an_old_case_stays_in_sight_when_its_retired_grid_lies_in_a_village_that_moved(town):
    town.load()
    open_case(State.CLOSED, area=area("w2"), community_grid=area("w2"))
    town.drop_grid("w2", into="w1")
    town.area("west")["properties"]["parent"] = "east"
    town.load()

    assert area("west").covers(area("w2"))


def test_an_organisation_with_open_cases_is_not_removed(town):
    town.load()
    case = open_case()
    Assignment.objects.create(case=case, side="functional", organisation=organisation("housing"))
    move_housing_to_enforcement(town)

    assert refusals(town) == [
        "organisations.csv (code housing): “Housing” is left out but still has 1 open case."
    ]


def test_an_organisation_with_ended_cases_is_retired_and_its_people_lose_their_office(town):
    town.load()
    case = open_case(State.CLOSED)
    Assignment.objects.create(case=case, side="functional", organisation=organisation("housing"))
    move_housing_to_enforcement(town)
    town.load()

    assert organisation("housing").retired
    assert not organisation("housing").memberships.exists()


def test_an_organisation_nothing_refers_to_is_deleted(town):
    town.load()
    move_housing_to_enforcement(town)
    town.load()

    assert not Organisation.objects.filter(code="housing").exists()


def move_housing_to_enforcement(town):
    town.organisations.remove(town.row("housing"))
    town.row("enforcement")[6] += " housing sanitation"
    town.row("builder")[3] = "enforcement"


def test_a_category_with_open_cases_is_not_removed(town):
    town.load()
    open_case()
    town.categories.remove(town.category("stalls"))

    assert refusals(town) == [
        "packs/village.toml (code stalls): “占道摆摊” is left out but still has 1 open case."
    ]


def test_a_category_is_retired_or_deleted_as_its_cases_ask(town):
    town.load()
    open_case(State.CLOSED)
    town.categories = [town.category("order"), town.category("rubbish"), town.category("lights")]
    loaded = town.load()

    assert loaded.counts["categories"] == Counts(removed=1, retired=1)
    assert category("stalls").retired
    assert not Category.objects.filter(code="neighbours").exists()


def test_a_layer_left_out_is_removed(town):
    town.layers.append({"code": "patrol", "name": "巡逻"})
    town.areas.append(
        {**town.area("lake"), "properties": {**town.area("w1")["properties"], "code": "beat",
                                             "parent": "lake", "layer": "patrol"}}
    )  # fmt: skip
    town.row("warden")[5] += " beat"
    town.row("worker")[5] += " beat"
    town.load()
    full = SmallTown(town.folder)
    full.load()

    assert list(Layer.objects.values_list("code", flat=True)) == ["community", "service"]


# --- what comes with Linli -------------------------------------------------------------------


@pytest.mark.parametrize("code", ["pinghu", "acity"])
def test_the_sample_towns_load_whole(code):
    folder = ROOT / "towns" / code
    if not folder.exists():
        pytest.skip(f"{folder} is not here yet")
    loaded = load(folder)

    assert loaded.town.code == code
    assert loaded.counts["areas"].created > 500
    assert not load(folder).changed


def test_the_seven_labels_of_the_message_data_are_categories_without_a_photo(town):
    give_all_functions(town)
    town.town["packs"] = ["governance", "neighbour"]
    town.load()

    labels = "城乡建设 劳动和社会保障 教育文体 商贸旅游 环境保护 卫生计生 交通运输"
    found = Category.objects.filter(name__in=labels.split(), parent=None)
    assert len(found) == 7
    assert all(c.evidence == [] and c.triage == "public" for c in found)


def test_every_category_of_linli_has_a_name_of_its_own_and_every_leaf_has_examples(town):
    give_all_functions(town)
    town.town["packs"] = ["governance", "neighbour"]
    town.load()

    names = list(Category.objects.values_list("name", flat=True))
    assert len(names) == len(set(names))
    parents = set(Category.objects.exclude(parent=None).values_list("parent", flat=True))
    leaves = Category.objects.exclude(pk__in=parents).exclude(parent=None)
    assert all(4 <= len(set(leaf.examples)) <= 8 for leaf in leaves)


def give_all_functions(town):
    town.row("housing")[6] = " ".join(sorted(FUNCTIONS))
