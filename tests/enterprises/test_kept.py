"""The worker keeps who stands where, and what it keeps is what working all of it out gives."""

import random
from datetime import date

import pytest
from django.db import transaction

from linli.enterprises import keeping
from linli.enterprises.ladder import board
from linli.enterprises.ladder import keeping as ladder
from linli.enterprises.ladder.models import Standing
from linli.enterprises.models import Enterprise, Mark
from linli.enterprises.per_mu.models import Score
from linli.enterprises.periods import last_told_year
from linli.people.scope import Scope
from tests.enterprises.ladders import CULTIVATION, RUNGS
from tests.enterprises.rows import code, enterprise, write
from tests.small_town import person

FIELDS = ("enterprise", "year", "at", "rung", "next", "is_new", "lacking", "progress", "values")


@pytest.fixture
def park(town):
    town.categories.append(dict(CULTIVATION))
    town.sections["rung"] = [dict(rung) for rung in RUNGS]
    town.load()
    return town


def figures(number, year=2024, **values):
    write("enterprise-years", {"enterprise": code(number), "year": year, **values})


def kept():
    return list(Standing.objects.order_by("enterprise").values_list(*FIELDS))


def stands(number):
    return Standing.objects.get(enterprise__code=code(number)).rung.code


def test_a_changed_figure_is_taken_up_for_its_enterprise_alone(park):
    for number in (1, 2):
        enterprise(number)
        figures(number, output=100.0, staff=30)
    keeping.refresh()
    assert (stands(1), stands(2)) == ("micro", "micro")
    Standing.objects.filter(enterprise__code=code(2)).update(lacking=9)  # as a sign

    figures(1, output=320.0)

    # 3.2 of 3 million yuan and 30 of 20 staff: it is small now. The other was not touched.
    assert keeping.fold() == 1
    assert stands(1) == "small"
    assert Standing.objects.get(enterprise__code=code(2)).lacking == 9
    assert keeping.fold() == 0
    assert not Mark.objects.filter(of="ladder").exists()


def test_whatever_is_written_what_is_folded_is_what_all_anew_gives(park):
    draw = random.Random(4)
    for number in range(1, 13):
        enterprise(number, founded=date(draw.randint(2005, 2023), 5, 1))
        for year in (2022, 2023, 2024):
            figures(number, year, output=draw.uniform(10, 3000), staff=draw.randint(1, 60),
                    sales=1000.0, rd=draw.uniform(0, 60), profit=draw.uniform(-50, 300),
                    above_scale=draw.random() < 0.3)  # fmt: skip
    keeping.refresh()
    for _time in range(20):
        number = draw.randint(1, 12)
        match draw.randint(0, 3):
            case 0:
                figures(number, draw.choice((2023, 2024)), output=draw.uniform(10, 3000))
            case 1:
                figures(number, above_scale=draw.random() < 0.5)
            case 2:
                since = date(2023, 6, draw.randint(1, 28))
                title = {"enterprise": code(number), "rung": "special", "since": since}
                write("enterprise-titles", title)
            case 3:
                status = draw.choice(("gone", "operating"))
                write("enterprises", {"code": code(number), "status": status})
        keeping.fold()
    folded = kept()
    Standing.objects.all().delete()
    ladder.keep()
    assert kept() == folded
    assert {row[0] for row in folded} == set(
        Enterprise.objects.exclude(status="gone").values_list("pk", flat=True)
    )


def test_a_write_that_is_undone_leaves_no_mark(park):
    enterprise(1)
    keeping.refresh()
    with transaction.atomic():
        figures(1, output=100.0)
        assert Mark.objects.filter(of="ladder").exists()
        transaction.set_rollback(True)
    assert not Mark.objects.exists()


def test_a_pack_that_says_another_ladder_moves_everybody(park):
    enterprise(1)
    figures(1, output=400.0, staff=10)
    keeping.refresh()
    assert stands(1) == "micro"  # 10 of 20 staff
    park.sections["rung"][1]["conditions"] = RUNGS[1]["conditions"][:1]
    park.load()
    assert keeping.fold() == 0  # left to the slow worker
    keeping.refresh()
    assert stands(1) == "small"


def test_the_first_to_tell_of_a_new_year_do_not_push_all_others_down(park):
    for number in range(1, 5):
        enterprise(number)
        figures(number, output=2500.0, staff=30, above_scale=True)
    keeping.refresh()
    figures(1, 2025, output=2600.0, staff=30, above_scale=True)
    keeping.fold()
    # 1 of 4 has told of 2025, less than half: the ladder is by the figures of 2024.
    assert (last_told_year(), stands(2)) == (2024, "above")
    figures(2, 2025, output=100.0, staff=30)
    keeping.fold()
    keeping.refresh()
    # 2 of 4 are half of them: it is by those of 2025 for all.
    assert (last_told_year(), board.year_of()) == (2025, 2025)
    assert [stands(n) for n in (1, 2, 3)] == ["above", "micro", "micro"]


def test_the_ladder_is_counted_from_what_is_kept(park):
    for number, (output, staff) in enumerate(
        [(2100.0, 30), (1900.0, 30), (100.0, 30), (100.0, 3)], 1
    ):
        enterprise(number)
        figures(number, output=output, staff=staff)
    keeping.refresh()
    sight = Scope(person("leader"))
    lines = {line.rung.code: line for line in board.lines(sight.of(Standing))}
    # Two are small: one could enter the next rung by its output, one lacks that one thing. Two
    # are micro: one lacks one thing (output), the other two.
    assert [(lines[c].count, lines[c].ready, lines[c].near) for c in lines] == [
        (2, 0, 0), (2, 0, 1), (0, 1, 1), (0, 0, 0),
    ]  # fmt: skip
    names = [one.enterprise.code for one in board.candidates(sight, 3)]
    # Nothing lacking; 1,900 of 2,000; 100 of 300 with the staff met; 100 of 300 and 3 of 20.
    assert names == [code(1), code(2), code(3), code(4)]
    assert [one.enterprise.code for one in board.candidates(sight, 3, "small")] == [
        code(3), code(4),
    ]  # fmt: skip


def test_a_change_in_the_register_scores_every_year_anew(park):
    enterprise(1)
    figures(1, 2023, output=1.0)
    keeping.refresh()
    assert not Mark.objects.exists()
    write("enterprises", {"code": code(1), "land_mu": 99.0})
    assert Mark.objects.filter(of="scores", key=0).exists()
    keeping.refresh()
    assert not Score.objects.exists()  # no pack says how
