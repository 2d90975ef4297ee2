"""The demonstration's park: whom the town visited, what they asked for, and who answered.

Two enterprises of the sample register are told of in the county's own report: a garment plant
that became a maker of transmissions and lacks senior engineers, and a maker of motors with a new
plant to start, exports that are held up, and suppliers it does not find nearby.
"""

from collections.abc import Mapping
from datetime import datetime, timedelta

from django.utils.timezone import localtime

from linli import clock
from linli.cases.loop import act
from linli.cases.models import Case
from linli.enterprises import visiting
from linli.enterprises.models import Enterprise, Visit
from linli.enterprises.visibility import KEEPING
from linli.enterprises.visiting import Request
from linli.people.models import Membership, Organisation, Role, User

GEARS, MOTORS = "平湖捷驰传动科技有限公司", "浙江恒驱电机股份有限公司"
ENGINEERS = Request(
    "缺少高级工程师",
    "由服装厂转型做减速机后，产值从4500万元增长到1亿多元，但齿轮设计、热处理工艺的高级工程师一直招不到。",
    "enterprise-talent",
)
PLANT = Request("新厂区开工手续待办", "新厂区已摘牌，施工许可、环评和雨污接管需要同步推进。",
                "enterprise-project")  # fmt: skip
EXPORTS = Request("海外订单受阻", "出口订单改签、运力紧张，部分货物滞留，希望协调口岸和运输。",
                  "enterprise-trade")  # fmt: skip
SUPPLIERS = Request("本地配套企业不足", "定转子冲片、端盖压铸、漆包线多从外地采购，希望对接本地。",
                    "enterprise-suppliers")  # fmt: skip
# What each office answers, by the field of work for which it was called in; "" is any other's.
ANSWERS: Mapping[str, Mapping[str, str]] = {
    ENGINEERS.category: {
        "labour": "已对接三所高校和省人才市场，首批4名高级工程师已签约，安家补贴按规定兑现。",
        "industry": "已推荐企业申报省级企业研究院，以项目引人，并安排专家团队每月驻厂两天。",
        "education": "引进人才子女就学已落实，开学前办妥入学手续。",
        "": "已腾出人才公寓6套，由园区代办入住手续。",
    },
    PLANT.category: {
        "land": "用地交付手续已办结，规划许可与施工图审查并联办理，开工前条件全部具备。",
        "industry": "项目已纳入市重点工业项目，落实代办员全程代办。",
        "housing": "施工许可已核发，质量安全监督交底同步完成。",
        "environment": "环评批复已出具，排污权指标已落实。",
        "": "场地平整、临时用电用水已接通，进场道路已修好。",
    },
    EXPORTS.category: {
        "commerce": "已协调口岸优先查验，出口信保为受影响订单续保，两批滞留货物已放行。",
        "industry": "已对接国内整车厂，部分产能转内销，缓解库存压力。",
        "transport": "已协调乍浦港加开支线班轮，保障每周两班舱位。",
        "": "已在厂区附近安排临时堆场，免收首月费用。",
    },
    SUPPLIERS.category: {
        "industry": "已组织配套对接会，园区内压铸、线缆、轴承企业共5家与其签订试样协议。",
        "commerce": "已纳入供应链招商目录，引进定转子冲片企业1家，意向已签。",
        "": "已为配套企业预留标准厂房3000平方米。",
    },
}  # fmt: skip
FOUND = {
    "research": "研发团队稳定，近两年新增发明专利若干，正在建设实验室。",
    "sales": "订单同比增长，国内市场为主。",
    "plans": "计划技改扩产，更新数控设备。",
}
OTHERS, TO_COME, EVERY = 36, 6, 4  # visits made besides, to come, and days between them


def tell(users: Mapping[str, User]) -> None:
    """Let the town have visited its park, if it has not."""
    if Visit.objects.exists():
        return
    known = {row.name: row for row in Enterprise.objects.filter(name__in=(GEARS, MOTORS))}
    speaking = User.objects.in_bulk(("enterprise", "enterprise2"), field_name="username")
    if len(known) < 2 or len(speaking) < 2:
        return  # another town's
    now, leader = clock.now(), users["leader"]
    visiting.speak_for(known[MOTORS], speaking["enterprise"], users["administrator"])
    visiting.speak_for(known[GEARS], speaking["enterprise2"], users["administrator"])
    _make_others(users, now)
    motors = _visit(known[MOTORS], leader, _days(now, 19), [PLANT, EXPORTS, SUPPLIERS])
    gears = _visit(known[GEARS], leader, _days(now, 24), [ENGINEERS])
    for case, told in zip(motors, (PLANT, EXPORTS, SUPPLIERS), strict=True):
        _answer(case, told, users, _days(now, 18))
    _answer(gears[0], ENGINEERS, users, _days(now, 23))
    # One is left for the enterprise's own account to rate.
    for case, who in ((motors[0], "enterprise"), (motors[2], "enterprise"),
                      (gears[0], "enterprise2")):  # fmt: skip
        act(case, "evaluate", speaking[who], satisfied=True, comment="答复都收到了，问题基本解决。")


def _days(now: datetime, days: int) -> datetime:
    """Return ten in the morning so many days ago, or on the workday before."""
    day = localtime(now - timedelta(days=days)).replace(hour=10, minute=0)
    return day - timedelta(days=max(day.weekday() - 4, 0))


def _visit(
    enterprise: Enterprise, visitor: User, at: datetime, requests: list[Request]
) -> list[Case]:
    with clock.at(at):
        day = localtime(at).date()
        (visit,) = visiting.plan([enterprise], visitor, day, visitor, "走访企业，听取诉求")
        receipts = visiting.record(visit, visitor, met="总经理", **FOUND, requests=requests)
    return [receipt.case for receipt in receipts]


def _answer(case: Case, told: Request, users: Mapping[str, User], at: datetime) -> None:
    """Let every organisation that has a case answer in writing, and the supervisor look at it."""
    words = ANSWERS[told.category]
    rows = list(case.assignments.filter(active=True).select_related("organisation"))
    leading = next(row for row in rows if row.leads)
    with clock.at(at):
        act(case, "accept", _of(leading.organisation))
    for number, row in enumerate((row for row in rows if not row.leads), 1):
        with clock.at(at + timedelta(days=number)):
            act(case, "sign_off", _of(row.organisation), reply=_words(words, row.organisation))
    with clock.at(at + timedelta(days=6)):
        reply = _words(words, leading.organisation)
        act(case, "resolve", _of(leading.organisation), reply=reply)
    with clock.at(at + timedelta(days=7)):
        act(case, "verify", users["supervisor"], comment="已回访企业，各项答复属实。")


def _words(words: Mapping[str, str], organisation: Organisation) -> str:
    return next((words[f] for f in organisation.functions if f in words), words[""])


def _of(organisation: Organisation) -> User:
    """Return somebody who answers for an organisation."""
    rows = Membership.objects.filter(organisation=organisation, user__is_active=True)
    member = rows.filter(role__in=(Role.OFFICER, Role.HEAD, Role.WORKER)).order_by("pk")
    return member.select_related("user")[0].user


def _make_others(users: Mapping[str, User], now: datetime) -> None:
    """Let the department that keeps the register visit some more, and plan the next."""
    rows = Organisation.objects.filter(retired=False)
    keeping = [row.pk for row in rows if KEEPING in row.functions]
    keepers = Membership.objects.filter(organisation__in=keeping, user__is_active=True)
    keepers = keepers.filter(role__in=(Role.HEAD, Role.OFFICER))
    visitors = [row.user for row in keepers.select_related("user").order_by("pk")]
    visitors = [users["leader"], *visitors]
    firms = Enterprise.objects.exclude(name__in=(GEARS, MOTORS)).order_by("code")
    chosen = list(firms.filter(years__above_scale=True, years__year=2025)[: OTHERS + TO_COME])
    for number, enterprise in enumerate(chosen[:OTHERS]):
        at = _days(now, 6 + EVERY * number)
        _visit(enterprise, visitors[number % len(visitors)], at, [])
    for number, enterprise in enumerate(chosen[OTHERS:]):
        day = localtime(now + timedelta(days=1 + number)).date()
        visitor = visitors[number % len(visitors)]
        visiting.plan([enterprise], visitor, day, visitor, "了解生产经营情况")
