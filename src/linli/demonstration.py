"""The demonstration: the sample town, two years of its life, and one account a role."""

from collections.abc import Callable
from pathlib import Path

from django.conf import settings
from django.core.management import call_command
from django.db import transaction

from linli import clock, sample, visited
from linli.cases.intake import Report as Told
from linli.cases.intake import receive
from linli.cases.learnt import category_model
from linli.cases.loop import act
from linli.cases.models import Case, Event, Report
from linli.enterprises import keeping as park
from linli.packs.loader import load
from linli.people.models import Leave, User
from linli.people.scope import scope
from linli.simulate.beginning import begin, forget_the_half, is_half_written
from linli.simulate.plant import beginning as plant
from linli.web.personas import DEMO_PASSWORD, PERSONAS

ACCOUNTS = tuple(persona.username for persona in PERSONAS)


class NotADemonstration(RuntimeError):
    """Demo accounts are only ever made in demo mode."""


def prepare(
    town: Path,
    reports: int,
    years: float,
    seed: int,
    progress: Callable[[int], None] = lambda reports: None,
) -> list[tuple[str, str]]:
    """Load the sample town, make its history if it has none, and open its demo accounts.

    Who stops it half-way finds nothing of it at the next start.

    Returns
    -------
    Username and name of each account.

    Raises
    ------
    NotADemonstration
        Outside demo mode.
    """
    if not settings.DEMO:
        raise NotADemonstration("set LINLI_DEMO=1")
    if is_half_written():
        call_command("flush", interactive=False, verbosity=0)
        forget_the_half()
    load(town)
    users = _accounts()
    if not Case.objects.exists():
        clock.follow_the_wall()
        begin(reports, years, seed, clock.now(), progress)
    if not Report.objects.filter(title=MATTERS[0][0], reporter__is_demo=True).exists():
        with transaction.atomic():
            Leave.objects.filter(user__in=users.values(), until__gt=clock.now()).delete()
            leave_something_to_do(users)
    sample.bring(town, scope(users["administrator"]))
    plant.begin(seed, clock.now())
    visited.tell(users)
    park.refresh()
    category_model()  # learnt before anybody waits for it
    return [(name, str(users[name])) for name in ACCOUNTS if name in users]


def start_clock(speed: float) -> None:
    """Let the town's time go on from where it stopped; a new town's begins at its last event."""
    known = clock.pace()
    last = Event.objects.order_by("-id").values_list("at", flat=True).first()
    moment = clock.now() if last is None or (known and known.paused) else last
    clock.start(moment, speed)


def _accounts() -> dict[str, User]:
    users = {user.username: user for user in User.objects.filter(username__in=ACCOUNTS)}
    for user in users.values():
        if not user.is_demo or not user.check_password(DEMO_PASSWORD):
            user.set_password(DEMO_PASSWORD)
            user.is_demo = True
            user.save(update_fields=["password", "is_demo"])
    return users


# Reports of the resident and how far they have come, so that every role finds something to do.
Steps = tuple[tuple[str, str, dict[str, str]], ...]
ACCEPTED: Steps = (("officer", "accept", {}),)
RESOLVED: Steps = (
    *ACCEPTED,
    ("officer", "resolve", {"reply": "已到现场处理完毕，并安排专人每日巡查一周，欢迎继续监督。"}),
)
MATTERS: tuple[tuple[str, str | None, Steps], ...] = (
    ("水洞埭社区北门工地晚上十一点还在打桩，孩子没法睡觉", "site-noise", ()),
    ("水洞埭社区沿河步道旁堆着拆下来的旧家具，一直没人管", "appearance", ACCEPTED),
    ("水洞埭社区菜场门口的遮阳棚伸到了人行道上", "appearance",
     (("head", "return", {"reason": "遮阳棚属菜场管理方设施，宜由市场监管部门牵头。"}),)),
    ("水洞埭社区公交站旁的横幅破损，风一吹就掉下来", "appearance", RESOLVED),
    ("水洞埭社区小学门口早高峰占道卖早点，车都过不去", "appearance",
     (*RESOLVED, ("supervisor", "verify", {"comment": "现场核查属实。"}))),
    ("水洞埭社区12幢楼下车位不够，几家人为停车吵了好几次", "parking-spaces", ()),
    ("不知道该找谁，想问问这件事归哪里管", None, ()),
)  # fmt: skip


def leave_something_to_do(users: dict[str, User]) -> None:
    """Let the resident report, and the others take each matter as far as `MATTERS` says."""
    for title, category, steps in MATTERS:
        told = Told(title, category=category, reporter=users["resident"])
        case = receive([told])[0].case
        for who, action, inputs in steps:
            act(case, action, users[who], **inputs)
