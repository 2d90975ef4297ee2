"""Before somebody reports: what is known around here already, and no more than they may know."""

import numpy as np
import pytest

from linli.cases import loop, nearby
from linli.cases.intake import Fate, Report, receive
from linli.cases.models import Case
from linli.engines.text import sketch
from linli.people.scope import Scope
from linli.places.atlas import atlas
from tests.cases.conftest import BRIDGE, tell
from tests.small_town import area, person

pytestmark = pytest.mark.usefixtures("town", "morning")


def around(text, role="resident", kinds=(), lon=BRIDGE[0], lat=BRIDGE[1]):
    (place,) = atlas().locate_points(np.array([lon]), np.array([lat]))
    return nearby.around(sketch([text])[0], place, kinds, Scope(person(role)))


def test_the_same_matter_close_by_is_found_by_words_or_by_kind():
    case = tell("桥上摆摊占道，电动车过不去")

    (by_words,) = around("桥上有人摆摊占道电动车过不去了")
    (by_kind,) = around("这里乱糟糟", kinds=["stalls"])

    assert by_words.case == by_kind.case == case
    assert by_words.metres == pytest.approx(0, abs=1)
    assert around("这里乱糟糟", kinds=["lights"]) == []
    assert around("桥上摆摊占道，电动车过不去", lat=BRIDGE[1] + 0.005) == []


def test_what_has_ended_and_what_is_no_public_matter_is_not_found():
    done = tell("桥上摆摊占道，电动车过不去")
    loop.act(done, "cancel", person("dispatcher"), reason="误报")
    quarrel = tell("楼上天天跑跳吵得人睡不着", category="neighbours")

    assert around(done.title) == []
    assert around(quarrel.title, role="steward", kinds=["neighbours"]) == []


def test_a_title_is_for_those_who_may_see_the_case():
    tell("桥上摆摊占道，电动车过不去")

    assert not around("桥上摆摊占道，电动车过不去")[0].is_open_to_reader
    assert around("桥上摆摊占道，电动车过不去", role="officer")[0].is_open_to_reader


def test_twins_of_a_case_stand_beside_it_as_far_as_one_sees():
    first = tell("桥上摆摊占道，电动车过不去")
    second = tell("小贩又在卖菜", lon=BRIDGE[0] + 0.0005)

    assert [near.case for near in nearby.like(second, Scope(person("officer")))] == [first]
    assert nearby.like(second, Scope(person("builder"))) == []


def test_a_report_follows_the_case_its_reporter_names():
    case = tell("桥上摆摊占道，电动车过不去")

    (receipt,) = receive([Report("我也看到了", follows=case.pk, area="w1")])

    assert receipt.fate == Fate.FOLLOWER
    assert receipt.case.pk == case.pk
    assert case.events.filter(action="follow").exists()


def test_what_ended_meanwhile_is_reported_anew():
    case = tell("桥上摆摊占道，电动车过不去")
    loop.act(case, "cancel", person("dispatcher"), reason="误报")

    (receipt,) = receive([Report("我也看到了", follows=case.pk, area="w1")])

    assert receipt.fate == Fate.NEW
    assert Case.objects.get(pk=receipt.case.pk).community_grid == area("w1")
