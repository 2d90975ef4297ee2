"""What a version gained over the one before it, on the same judged pictures, in words and drawn."""

from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as L  # noqa: N812
from django.utils.translation import ngettext

from linli.assets.inspection.choosing import USABLE
from linli.assets.inspection.models import Version

# What is compared: its name, and whether more of it is better.
MEASURES = {
    "missed": (L("Flawed parts missed"), False),
    "false_alarms": (L("Good parts called flawed"), False),
    "auroc": (L("Told apart (AUROC)"), True),
    "f": (L("F-score"), True),
    "map": (L("Mean average precision"), True),
}
WIDE, LEFT = 460, 12
HIGH = 44  # of the drawing of one measure


@dataclass(frozen=True)
class Measure:
    """One figure of a version: as drawn (positions along an axis) and as said."""

    label: str
    was: float | None
    now: float
    was_at: float | None
    now_at: float
    is_better: bool | None
    words: str


@dataclass(frozen=True)
class Told:
    """A version as its page tells it."""

    version: Version
    measures: list[Measure]
    title: str
    n: int | None

    @property
    def may_use(self) -> bool:
        """Whether it could judge from now on."""
        return self.version.state in USABLE


def told(version: Version) -> Told:
    """Tell the figures of a version beside those of the one in use before it."""
    found = []
    for name, (label, more_is_better) in MEASURES.items():
        now = version.after.get(name)
        if now is None:
            continue
        was = version.before.get(name)
        found.append(_measure(str(label), was, float(now), more_is_better, name))
    return Told(version, found, _title(version, found), version.after.get("n"))


def _measure(label: str, was: Any, now: float, more_is_better: bool, name: str) -> Measure:
    before = None if was is None else float(was)
    better = None if before is None or before == now else (now > before) == more_is_better
    if name == "auroc":
        said, earlier = f"{now:.3f}", "" if before is None else f"{before:.3f}"
    else:
        said, earlier = f"{100 * now:.1f} %", "" if before is None else f"{100 * before:.1f} %"
    words = said if before is None else _("%(was)s → %(now)s") % {"was": earlier, "now": said}
    known = [now, *([] if before is None else [before])]
    ends = (min(0.9, min(known) - 0.02), 1.0) if more_is_better else (0.0, 1.25 * max(0.08, *known))
    at = None if before is None else _at(before, ends)
    return Measure(label, before, now, at, _at(now, ends), better, words)  # fmt: skip


def _at(share: float, ends: tuple[float, float]) -> float:
    """Return where a share lies on an axis between two ends, in points of the drawing."""
    low, high = ends
    part = min(max((share - low) / (high - low), 0.0), 1.0)
    return round(LEFT + (WIDE - 2 * LEFT) * part, 1)


def _title(version: Version, measures: list[Measure]) -> str:
    if version.state == Version.State.FITTING:
        return _("Being learnt")
    if version.state == Version.State.FAILED:
        return version.trouble or _("It could not be learnt.")
    if not measures:
        return _("No judged picture was there to measure it on.")
    n = version.after.get("n") or 0
    on = ngettext("on %(n)d judged picture", "on %(n)d judged pictures", n) % {"n": n}
    known = [one for one in measures if one.was is not None]
    if not known:
        return _("First version, measured %(on)s") % {"on": on}
    better = [one.label for one in known if one.is_better]
    worse = [one.label for one in known if one.is_better is False]
    if not better and not worse:
        return _("As good as the one before, %(on)s") % {"on": on}
    words = []
    if better:
        words.append(_("better: %(what)s") % {"what": _(", ").join(better)})
    if worse:
        words.append(_("worse: %(what)s") % {"what": _(", ").join(worse)})
    return f"{_('; ').join(words)} ({on})"
