from datetime import timedelta

import pytest
from django.utils import translation

from linli import clock
from linli.cases.intake import Report, receive
from linli.clock import now
from tests.cases.conftest import MORNING
from tests.small_town import SmallTown

# Different people, different words, one thing: the pile drivers of the Lakeside site.
NOISE = [
    ("湖滨花园工地半夜打桩", "湖滨花园旁边的工地打桩到凌晨两点，整栋楼都在震，孩子吓哭了。"),
    ("打桩机吵得没法睡", "湖滨花园北侧工地的打桩机连着三个晚上没停，老人心脏受不了。"),
    ("湖滨花园夜间施工扰民", "投诉湖滨花园工地夜间打桩施工，物业说管不了，请来测噪声。"),
    ("请管管湖滨花园的打桩声", "晚上十点以后工地还在打桩，湖滨花园一期二期都听得见。"),
    ("工地噪声什么时候停", "湖滨花园对面那个工地，打桩噪声从傍晚响到半夜，影响高考复习。"),
    ("半夜打桩投诉", "湖滨花园居民强烈要求工地夜里停止打桩，已经打了多次电话。"),
]
OTHERS = [
    ("集市口的路灯不亮", "第三根灯杆坏了，走路看不见台阶。"),
    ("河里漂着死鱼", "今早桥下水面漂了不少死鱼，水有怪味，不知道上游排了什么。"),
    ("公交站牌被撞歪", "东村路口公交站牌让货车撞歪了，雨棚也裂开，请修一修。"),
    ("想问医保怎么转", "孩子转学过来，医保关系怎样转入，要带哪些材料？"),
    ("小区门口的井盖松了", "车一过就哐当响，怕哪天掉下去，请市政看看。"),
    ("田里有人烧秸秆", "西边田里烧秸秆，烟飘到村里，晾的衣服全是灰。"),
    ("公园健身器材坏了", "双杠螺丝掉了，小孩在上面玩很危险。"),
    ("菜场缺斤少两", "买两斤虾回家一称只有一斤六两，请市场所查一查。"),
]


@pytest.fixture(autouse=True)
def english():
    with translation.override("en"):
        yield


@pytest.fixture
def town(db, tmp_path):
    small = SmallTown(tmp_path / "town")
    small.load()
    with clock.at(MORNING):
        yield small


def talk(rows=None, category="lights", days_apart=3):
    """Let people report, one every few days, the last of them now."""
    rows = [*NOISE, *OTHERS] if rows is None else rows
    for age, (title, body) in zip(range(len(rows) - 1, -1, -1), rows, strict=True):
        with clock.at(now() - timedelta(days=age * days_apart)):
            receive([Report(title, body=body, category=category, area="w1", likes=age)])
