"""What the menu has first, and what "My work" has beside cases."""

from datetime import timedelta

from django.utils.timezone import localtime

from linli import clock
from linli.enterprises.models import Delegate, Visit
from linli.people.models import Organisation
from linli.people.scope import Scope
from linli.web.context import IN_BAR
from linli.web.navigation import GROUPS, grouped, menu
from tests.enterprises.rows import enterprise
from tests.small_town import person


def bar(role: str) -> list[str]:
    return [entry.url for entry, _is_here in menu(Scope(person(role)), "home")[:IN_BAR]]


def test_the_bar_of_a_phone_has_what_the_work_of_its_owner_begins_with(town):
    assert bar("leader") == ["home", "cases", "cockpit", "bulletins"]
    assert bar("steward") == ["home", "cases", "report", "steward"]
    assert bar("dispatcher") == ["home", "cases", "desk", "report"]
    assert bar("resident") == ["home", "cases", "report", "services"]


def test_who_serves_enterprises_has_them_in_the_bar(town):
    before = bar("head")
    office = person("head").memberships.get().organisation
    Organisation.objects.filter(pk=office.pk).update(functions=[*office.functions, "industry"])

    assert before == ["home", "cases", "report", "map"]
    assert bar("head") == ["home", "cases", "enterprises", "remediation"]


def test_what_is_not_in_the_bar_stands_in_groups(town):
    rest = menu(Scope(person("leader")), "ladder")[IN_BAR:]

    groups = {label: [entry.url for entry, _is in those] for label, those in grouped(rest)}

    assert list(groups) == list(GROUPS.values())
    assert groups[GROUPS["park"]] == [
        "enterprises", "ladder", "programmes", "investment", "remediation",
    ]  # fmt: skip
    assert sum(len(urls) for urls in groups.values()) == len(rest)
    assert [entry.url for entry, is_here in rest if is_here] == ["ladder"]


def test_my_work_leads_to_the_visits_one_has_to_make(town, enter):
    row = enterprise()
    for days in (9, 5):
        Visit.objects.create(
            enterprise=row, visitor=person("head"), planned_by=person("leader"),
            planned_on=localtime(clock.now()).date() + timedelta(days=days),
        )  # fmt: skip
    day = localtime(clock.now()).date() + timedelta(days=5)

    page = enter("head").get("/").text

    assert "2 visits to make" in page and f"the next on {day:%Y-%m-%d}" in page
    assert "visits to make" not in enter("dispatcher").get("/").text


def test_the_account_of_an_enterprise_finds_its_enterprise_on_my_work(town, enter):
    row = enterprise()
    Delegate.objects.create(user=person("resident"), enterprise=row, since=clock.now())

    assert f'href="/enterprises/{row.code}/"' in enter("resident").get("/").text
    assert enter("resident").get("/enterprises/").url == f"/enterprises/{row.code}/"
