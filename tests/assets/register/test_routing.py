"""What is found on an asset goes to those who keep it, and to nobody else in the town."""

import pytest

from linli.assets.register.models import AssetCase
from linli.assets.register.owning import sides
from linli.assets.register.telling import tell
from linli.cases import loop, visibility
from linli.cases.intake import Report, Unusable, receive
from linli.cases.models import Case, Notice, Ruling, State
from linli.cases.routing import Router, Sides
from linli.people.directory import directory
from linli.people.models import Organisation
from linli.people.scope import Scope
from tests.assets.plant import asset
from tests.small_town import organisation, person

pytestmark = pytest.mark.usefixtures("plant", "morning")


def found(code: str, category: str = "work-order", occasion: str = "wear", **more) -> Case:
    """Tell of something found on an asset."""
    case = tell(asset(code), category, f"{code}：轴承磨损", "振动上升", source="maintenance",
                external_id=f"{code}:{occasion}", **more)  # fmt: skip
    return Case.objects.get(pk=case.pk)


def on(case: Case, side: str) -> str:
    return case.assignments.get(side=side, active=True).organisation.code


def test_a_case_about_a_part_goes_to_the_crew_above_it_and_the_department_of_its_function():
    case = found("P1-L1-M01-B1")
    assert case.state == State.DISPATCHED
    assert (on(case, "territorial"), on(case, "functional")) == ("p1-l1", "p1-maintenance")
    assert on(found("P1-L1-CAM", "nonconformance"), "functional") == "p1-quality"
    assert on(found("P1-L1-M02", "flaw-rate"), "functional") == "p1-process"


def test_its_reason_is_the_asset_on_both_sides():
    for assignment in found("P1-L1-M01").assignments.all():
        assert assignment.why == {"by": "asset", "asset": "P1-L1-M01"}


def test_it_lies_where_the_asset_or_what_it_belongs_to_lies():
    case = found("P1-L1-M01-B1")
    assert case.community_grid.code == "w1"
    assert case.service_grid.code == "works"
    assert (case.lon, case.lat) == (121.012, 30.715)


def test_a_function_that_a_plant_has_no_department_for_falls_to_its_top():
    assert sides(asset("P1-L1-M01"), "logistics").functional == organisation("p1")


def test_a_pump_of_the_town_goes_to_the_towns_own_team_and_department():
    assert sides(asset("PS1-P1"), "maintenance") is None
    case = found("PS1-P1")
    assert (on(case, "territorial"), on(case, "functional")) == ("westteam", "housing")


def test_one_occasion_has_one_open_case_and_after_its_end_another():
    first = found("P1-L1-M01")
    assert found("P1-L1-M01") == first
    assert Case.objects.count() == 1

    loop.act(first, "cancel", person("dispatcher"), reason="误报")
    second = found("P1-L1-M01")

    assert second != first
    assert found("P1-L1-M01") == second
    kept = AssetCase.objects.filter(asset=asset("P1-L1-M01")).values_list("case", flat=True)
    assert list(kept) == [second.pk, first.pk]


def test_like_words_about_two_machines_stay_two_cases():
    one, other = found("P1-L1-M01"), found("P1-L1-M02")
    assert one != other
    assert one.reports.count() == 1


def test_sides_that_are_no_longer_there_are_refused():
    gone = organisation("p1-l1")
    gone.retired = True
    with pytest.raises(Unusable) as refused:
        receive([Report("坏了", category="work-order",
                        sides=Sides(gone, organisation("p1"), "P1-L1"))])  # fmt: skip
    assert refused.value.field == "sides"
    assert not Case.objects.exists()


def test_the_ordinary_routing_never_finds_a_plant():
    plants = set(Organisation.objects.filter(kind="plant").values_list("pk", flat=True))
    known = directory()
    assert plants == known.plants.keys()
    assert not plants & {row.pk for row in known.territorial.values()}
    assert not plants & {row.pk for row in known.functional.values()}

    receipt = receive([Report("设备坏了", category="nonconformance", lon=121.012, lat=30.715)])[0]
    case = Case.objects.get(pk=receipt.case.pk)
    assert case.functional is None
    assert case.state == State.TRIAGED


def test_a_return_inside_a_plant_is_ruled_on_as_any_other_and_is_no_precedent_for_the_town():
    case = found("P1-L1-M01")
    loop.act(case, "return", person("mechanic"), reason="工艺问题")
    loop.act(case, "rule", person("dispatcher"), organisation=organisation("p1-process"),
             reason="参数不当")  # fmt: skip

    assert on(case, "functional") == "p1-process"
    assert Ruling.objects.count() == 1
    assert on(found("P1-L1-M02"), "functional") == "p1-maintenance"
    of_town = found("BR1")
    assert Router().precedent(of_town, "functional") is None
    assert on(of_town, "functional") == "housing"


def test_a_case_sent_back_stays_with_its_plant():
    case = found("P1-L1-M01")
    loop.act(case, "accept", person("engineer"))
    loop.act(case, "resolve", person("engineer"), reply="更换轴承，试车两小时振动正常。")
    loop.act(case, "reopen", person("supervisor"), reason="仍有异响")

    assert (on(case, "territorial"), on(case, "functional")) == ("p1-l1", "p1-maintenance")


def test_the_leads_of_the_grid_have_no_part_in_it_and_its_keepers_are_told():
    case = found("P1-L1-M01")
    told = set(Notice.objects.filter(case=case).values_list("user__username", flat=True))
    assert told == {"engineer", "mechanic"}
    assert not Scope(person("warden")).of(Case).filter(pk=case.pk).exists()
    assert not visibility.handles(Scope(person("worker")), case)


def test_the_head_of_a_plant_sees_and_judges_what_its_departments_do():
    case = found("P1-L1-M01")
    chief = Scope(person("chief"))
    assert chief.of(Case).filter(pk=case.pk).exists()
    loop.act(case, "accept", person("engineer"))
    loop.act(case, "resolve", person("engineer"), reply="更换轴承，试车两小时振动正常。")

    loop.act(case, "verify", person("chief"))
    case.refresh_from_db()
    assert case.state in (State.VERIFIED, State.CLOSED)

    town = receive([Report("路灯不亮", category="lights", lon=121.012, lat=30.715)])[0].case
    assert not chief.of(Case).filter(pk=town.pk).exists()


def test_what_lies_open_is_counted_for_no_organisation_of_a_plant():
    from linli.scores import backlog

    found("P1-L1-M01")
    backlog.refresh()
    kinds = set(backlog.Backlog.objects.values_list("kind", flat=True))
    assert not {"territorial", "functional"} & kinds


def test_only_organisations_of_the_same_plant_can_be_named_for_its_cases():
    from linli.cases.forms import ActionForm

    case = found("P1-L1-M01")
    loop.act(case, "return", person("mechanic"), reason="工艺问题")
    case.refresh_from_db()
    offered = ActionForm("rule", case, Scope(person("dispatcher"))).fields["organisation"]
    assert organisation("p1-process") in offered.queryset
    receipt = receive([Report("路灯不亮", category="lights", lon=121.012, lat=30.715)])[0]
    of_town = ActionForm("rule", receipt.case, Scope(person("dispatcher"))).fields["organisation"]
    assert organisation("p1-process") not in of_town.queryset
