"""Judgements from a file or over REST, many at once: checked like those of the form.

An administrator may bring in what others judged before, on paper, and names them: it is kept as
theirs, and who brought it in stands beside it. Whether those people may judge the item is asked
all the same.
"""

from collections.abc import Sequence
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from linli.indicators.figures import ENTER
from linli.indicators.models import works_here
from linli.indicators.schemes import assessing
from linli.indicators.schemes.assessing import REVIEW, Judgement
from linli.indicators.schemes.models import Assessment, Scheme
from linli.people.models import Role, User
from linli.people.scope import Scope
from linli.tables import CHANGED, NEW, UNCHANGED, Values, Writer, Wrong

Side = Assessment.Side
Outcome = str | list[Wrong]


def _may(scope: Scope) -> bool:
    return works_here(scope) and scope.has(*ENTER, *REVIEW)


class _Known:
    """What the rows of a file may refer to, and what is judged already."""

    def __init__(self, scope: Scope, rows: Sequence[Values]) -> None:
        self.scope = scope
        self.is_over_all = any(path.count("/") == 1 for path in scope.paths(Role.ADMINISTRATOR))
        codes = {str(row.get("scheme") or "") for row in rows}
        self.schemes = {s.code: s for s in Scheme.objects.filter(code__in=codes, retired=False)}
        names = {str(row.get("by") or "") for row in rows}
        users = User.objects.filter(username__in=names)
        self.sights = {user.username: Scope(user) for user in users}
        if isinstance(scope.user, User):
            self.sights[scope.user.username] = scope
        newest = Assessment.objects.filter(scheme__code__in=codes, newest=True)
        self.newest = {
            (a.scheme.code, a.item, a.area, a.period, a.side): (a.points, a.evidence, a.by_id)
            for a in newest.select_related("scheme")
        }

    def sight(self, row: Values, wrongs: list[Wrong]) -> Scope:
        """Return who judges: who asks, or whom an administrator names."""
        name = str(row.get("by") or "").strip()
        own = self.scope.user.get_username()
        if not name or name == own:
            return self.scope
        if not self.is_over_all:
            wrongs.append(Wrong("by", _("Only an administrator brings in what others judged.")))
        elif name not in self.sights:
            wrongs.append(Wrong("by", _("There is nobody with the username “%(name)s”.")
                                % {"name": name}))  # fmt: skip
        return self.sights.get(name, self.scope)

    def read(self, row: Values, wrongs: list[Wrong]) -> Judgement | None:
        """Return the judgement a row says; None, with what is wrong, if it says none."""
        code, item_code = str(row.get("scheme") or ""), str(row.get("item") or "")
        scheme = self.schemes.get(code)
        if scheme is None:
            wrongs.append(Wrong("scheme", _("“%(code)s” is not known here.") % {"code": code}))
            return None
        item = assessing.item_of(scheme, item_code)
        if item is None:
            wrongs.append(Wrong("item", _("“%(code)s” is no item of it that is judged.")
                                % {"code": item_code}))  # fmt: skip
        area, period, text = None, "", str(row.get("period") or "").strip()
        try:
            area = assessing.area_with(scheme, str(row.get("area") or ""))
        except LookupError:
            wrongs.append(Wrong("area", _("This scheme does not score “%(code)s”.")
                                % {"code": row["area"]}))  # fmt: skip
        try:
            period = assessing.period_with(scheme, text)
        except ValueError:
            wrongs.append(Wrong("period", _("“%(value)s” is no %(every)s, or still to come.")
                                % {"value": text, "every": scheme.every}))  # fmt: skip
        if row.get("points") is None:
            wrongs.append(Wrong("points", _("There is no value.")))
        if wrongs or item is None:
            return None
        return Judgement(
            scheme, item, assessing.town_or(area), period, str(row.get("side") or ""),
            float(row["points"]), str(row.get("evidence") or ""),
        )  # fmt: skip

    def outcome(self, row: Values) -> Outcome:
        """Tell what would become of a row, and remember it for those after it."""
        wrongs: list[Wrong] = []
        sight = self.sight(row, wrongs)
        one = self.read(row, wrongs)
        if one is None or wrongs:
            return wrongs
        other = Side.REVIEW if one.side == Side.OWN else Side.OWN
        judged = self.newest.get((*one.cell, str(other)))
        barred = assessing.bar(one, sight, judged[2] if judged else None)
        if barred is not None:
            return [Wrong(*barred)]
        key = (*one.cell, one.side)
        by = sight.user.pk or 0
        was, told = self.newest.get(key), (one.points, one.evidence.strip(), by)
        self.newest[key] = told
        return NEW if was is None else UNCHANGED if was == told else CHANGED


def _check(scope: Any, rows: Sequence[Values]) -> list[Outcome]:
    known = _Known(scope, rows)
    return [known.outcome(row) for row in rows]


def _write(scope: Any, rows: Sequence[Values]) -> list[str]:
    known, fates = _Known(scope, rows), []
    with transaction.atomic():
        for row in rows:
            fate = known.outcome(row)
            assert isinstance(fate, str)
            fates.append(fate)
            if fate == UNCHANGED:
                continue
            wrongs: list[Wrong] = []
            sight, one = known.sight(row, wrongs), known.read(row, wrongs)
            assert one is not None
            is_other = sight.user.pk != scope.user.pk
            assessing.assess(one, sight, entered=scope.user if is_other else None)
    return fates


JUDGEMENTS = Writer(may=_may, check=_check, write=_write)
