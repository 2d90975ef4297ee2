"""What is told of machines in words: troubles, reasons, life, drift."""

from collections.abc import Mapping, Sequence
from typing import Any

from django.utils import translation
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

L = gettext_lazy
TROUBLES: dict[str, str | Promise] = {
    "no-tags": L("No tag of this machine is a sensor: name its tags first."),
    "no-counter": L("The tag “%(key)s” that counts its cycles is missing."),
    "no-rows": L("It has not run since it was renewed, or sent nothing."),
    "short": L("Only %(n)s rows since it was renewed; %(needed)s are needed for its own normal."),
    "missing": L("“%(keys)s” sends nothing: the others speak."),
    "stuck": L("“%(keys)s” has stood still for the last %(n)s rows: the sensor may be broken."),
    "holes": L("%(share)s %% of the values of the last %(n)s rows are missing."),
    "setting": L("“%(keys)s” says how the machine is run and is missing: its rows tell nothing."),
    "reset": L("Its counter fell back on %(day)s and was added up from there."),
    "jump": L("Its counter leapt by %(n)s on %(day)s, more than can be run in that time; the leap "
              "was not counted."),
    "drift": L("Its own normal cannot be told: %(why)s"),
    "model": L("No remaining life: %(why)s"),
    "few": L("Only %(n)s whole lives are known; %(needed)s failures are needed for a life model."),
    "unread": L("It could not be told: %(why)s"),
}  # fmt: skip
REASONS: dict[str, str | Promise] = {
    "length": L("No shift is as long as the %(of)s hours it takes."),
    "skill": L("Nobody in any shift has the skill “%(of)s”, or too few at once."),
    "spare": L("“%(of)s” is not there in time: %(when)s."),
    "spare taken": L("“%(of)s” is kept for other work: %(others)s."),
    "crew": L("Those with the skill “%(of)s” are at other work: %(others)s."),
    "calendar": L("No shift works through that time."),
    "early": L("People cannot come so soon."),
    "together": L("People, spares and shifts are there, but never at the same time."),
    "others": L("Other work that costs more if it waits has taken the people or spares."),
    "cheaper": L("It costs less to wait than to stop within the time planned."),
    "agreed": L("It cannot be done any more when it was booked."),
}  # fmt: skip


def trouble(one: Mapping[str, Any]) -> str:
    """Say a trouble in the language of the page."""
    said = TROUBLES.get(str(one.get("what")), "")
    return str(said) % {key: value for key, value in one.items() if key != "what"} if said else ""


def troubles(told: Sequence[Mapping[str, Any]]) -> list[str]:
    """Say all troubles of a machine."""
    return [trouble(one) for one in told]


def reason(told: Sequence[str], names: Mapping[str, str], when: str = "") -> str:
    """Say why something cannot be planned; `names` are of skills, spares and orders by code."""
    what, *of = told
    if what == "agreed":
        rest = reason(of, names, when) if of else ""
        return f"{REASONS['agreed']} {rest}".strip()
    others = ", ".join(names.get(one, one) for one in of[1].split(", ")) if len(of) > 1 else ""
    named = names.get(of[0], of[0]) if of else ""
    return str(REASONS[what]) % {"of": named, "others": others, "when": when}


def both(say: Any, *given: Any) -> tuple[str, str]:
    """Return what a function says in Chinese and in English."""
    with translation.override("zh-hans"):
        chinese = str(say(*given))
    with translation.override("en"):
        return chinese, str(say(*given))


def number(value: float) -> str:
    """Write a number of days: with a decimal where it is small."""
    return f"{value:.1f}" if value < SMALL else f"{value:.0f}"


SMALL = 9.95


def left(days: float, low: float, high: float) -> str:
    """Say how many days are left, with the interval."""
    return _("%(mean)s (%(low)s–%(high)s) days of life left") % {
        "mean": number(days), "low": number(low), "high": number(high)
    }  # fmt: skip


def sensors(told: Sequence[Sequence[Any]], names: Mapping[str, str], most: int = 3) -> str:
    """Say which sensors drive a departure, and which way each went."""
    said = list[str]()
    for key, share, shift in list(told)[:most]:
        if share < LEAST and said:
            break
        up = _("%(name)s higher than usual (%(share)s %% of it)")
        down = _("%(name)s lower than usual (%(share)s %% of it)")
        said.append((up if shift > 0 else down)
                    % {"name": names.get(key, key), "share": round(100 * share)})  # fmt: skip
    return _("; ").join(said)


LEAST = 0.08  # of a departure, below which a sensor is not worth a word


def days(n: int) -> str:
    """Say a number of days."""
    return ngettext("%(n)d day", "%(n)d days", n) % {"n": n}
