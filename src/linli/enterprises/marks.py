"""What has been written and not been taken up yet by ladder, scores and matches.

Whoever writes rows of the register says so (`linli.tables.touched`). A mark is set in the
transaction of the writer, so that a write that is undone leaves none; it is never compared with
marks that are there, for those may be being taken up just now. The worker reads marks, works out
anew what they concern, and takes away the marks it read (`linli.enterprises.keeping`).
"""

from collections.abc import Iterable, Sequence

from django.db import transaction

from linli.enterprises.models import Enterprise, Mark
from linli.tables import listen

ALL = 0
MOST = 500  # of one write; more is all of them
LADDER, SCORES, MATCHES = Mark.Of.LADDER, Mark.Of.SCORES, Mark.Of.MATCHES


def mark(of: Mark.Of, keys: Iterable[int] = (ALL,)) -> None:
    """Mark that something is to be worked out anew: for these enterprises or years, or all."""
    Mark.objects.bulk_create(Mark(of=of, key=key) for key in sorted(set(keys)))


@listen
def hear(
    table: str, keys: Sequence[str], periods: Sequence[str], rows: Sequence[int]
) -> None:  # fmt: skip
    """Mark what the rows of a table concern."""
    if table == "enterprises":
        mark(LADDER, _enterprises(keys))
        mark(SCORES)  # its industry or land may be another: every year counts it anew
        mark(MATCHES)
    elif table == "enterprise-years":
        mark(LADDER, _enterprises([key.partition("-")[0] for key in keys]))
        mark(SCORES, [int(period) for period in periods] or [ALL])
    elif table == "enterprise-titles":
        mark(LADDER, _enterprises([key.partition("-")[0] for key in keys]))
    elif table in ("enterprise-products", "enterprise-needs"):
        mark(MATCHES)


def _enterprises(codes: Sequence[str]) -> list[int]:
    if not codes or len(codes) > MOST:
        return [ALL]
    return list(Enterprise.objects.filter(code__in=set(codes)).values_list("pk", flat=True))


def waiting(of: Mark.Of) -> tuple[list[int], set[int]]:
    """Return the marks that wait, by their own keys and by what they are of."""
    rows = list(Mark.objects.filter(of=of).order_by("id").values_list("pk", "key"))
    return [pk for pk, _key in rows], {key for _pk, key in rows}


def take_up(marks: Sequence[int]) -> None:
    """Take marks away, in the transaction that writes what they asked for."""
    with transaction.atomic():
        for start in range(0, len(marks), MOST):
            Mark.objects.filter(pk__in=marks[start : start + MOST]).delete()
