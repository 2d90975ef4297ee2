"""Titles that come in from outside: which enterprise was granted which rung."""

from collections.abc import Mapping, Sequence
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from linli import clock
from linli.enterprises.credit_code import plain
from linli.enterprises.ladder.models import Rung, Title
from linli.enterprises.models import Enterprise
from linli.enterprises.visibility import keeps
from linli.people.models import User
from linli.scores.periods import local_day
from linli.tables import CHANGED, NEW, UNCHANGED, Values, Writer, Wrong, touched


def _known(rows: Sequence[Values]) -> tuple[dict[str, int], dict[str, int]]:
    codes = {plain(row.get("enterprise") or "") for row in rows}
    firms = dict(Enterprise.objects.filter(code__in=codes).values_list("code", "pk"))
    granted = Rung.objects.filter(retired=False, known_by=Rung.TITLE)
    return firms, dict(granted.values_list("code", "pk"))


def _wrongs(row: Values, firms: Mapping[str, int], rungs: Mapping[str, int]) -> list[Wrong]:
    wrongs = []
    code, rung, since = plain(row.get("enterprise") or ""), row.get("rung") or "", row.get("since")
    if code not in firms:
        wrongs.append(Wrong("enterprise", _("“%(code)s” is not in the register.")
                            % {"code": code[:30]}))  # fmt: skip
    if rung not in rungs:
        wrongs.append(Wrong("rung", _("“%(code)s” is no rung that is granted; there are: "
                                      "%(known)s.")
                            % {"code": rung[:30], "known": ", ".join(rungs)}))  # fmt: skip
    if since is None:
        wrongs.append(Wrong("since", _("is missing.")))
    elif since > local_day(clock.now()):
        wrongs.append(Wrong("since", _("lies in the future.")))
    if len(row.get("document") or "") > 120:
        wrongs.append(Wrong("document", _("Longer than %(n)d characters.") % {"n": 120}))
    return wrongs


def _stored(firms: Mapping[str, int]) -> dict[tuple[int, int], Title]:
    found = Title.objects.filter(enterprise__in=firms.values())
    return {(title.enterprise_id, title.rung_id): title for title in found}


def _told(row: Values) -> dict[str, Any]:
    told = {"since": row["since"]}
    return told | ({"document": row["document"] or ""} if "document" in row else {})


def _is_changed(title: Title, told: Mapping[str, Any]) -> bool:
    return any(getattr(title, name) != value for name, value in told.items())


def _check(scope: Any, rows: Sequence[Values]) -> list[str | list[Wrong]]:
    firms, rungs = _known(rows)
    stored = _stored(firms)
    outcomes: list[str | list[Wrong]] = []
    for row in rows:
        if wrongs := _wrongs(row, firms, rungs):
            outcomes.append(wrongs)
            continue
        title = stored.get((firms[plain(row["enterprise"])], rungs[row["rung"]]))
        if title is None:
            outcomes.append(NEW)
        else:
            outcomes.append(CHANGED if _is_changed(title, _told(row)) else UNCHANGED)
    return outcomes


def _write(scope: Any, rows: Sequence[Values]) -> list[str]:
    by = scope.user if isinstance(getattr(scope, "user", None), User) else None
    fates: list[str] = []
    with transaction.atomic():
        firms, rungs = _known(rows)
        stored = _stored(firms)
        for row in rows:
            key = (firms[plain(row["enterprise"])], rungs[row["rung"]])
            told, title = _told(row), stored.get(key)
            if title is None:
                stored[key] = Title.objects.create(
                    enterprise_id=key[0], rung_id=key[1], by=by, at=clock.now(), **told
                )
                fates.append(NEW)
            elif _is_changed(title, told):
                for name, value in told.items():
                    setattr(title, name, value)
                title.save(update_fields=list(told))
                fates.append(CHANGED)
            else:
                fates.append(UNCHANGED)
        if set(fates) - {UNCHANGED}:
            codes = [plain(row["enterprise"]) for row in rows]
            touched("enterprise-titles", [f"{code}-" for code in codes],
                    rows=[title.pk for title in stored.values()])  # fmt: skip
    return fates


TITLES = Writer(may=keeps, check=_check, write=_write)
