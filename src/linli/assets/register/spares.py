"""The store of spares: every movement is kept, and there is never less than nothing."""

from django.contrib.auth.models import AnonymousUser
from django.db import transaction
from django.db.models import F, Q, QuerySet
from django.utils.translation import gettext as _

from linli import clock
from linli.assets.register.models import Asset, Spare, SpareMove
from linli.cases.models import Case
from linli.people.models import User

Reason = SpareMove.Reason
# Whether such a movement adds to the store or takes from it; a count says what is there.
ADDS = {Reason.DELIVERED: 1, Reason.RETURNED: 1, Reason.USED: -1}


class NotInStore(ValueError):
    """More was to be taken than is there, or a number that is none."""


def move(
    spare: Spare,
    reason: str,
    number: int,
    by: User | None,
    *,
    asset: Asset | None = None,
    case: Case | None = None,
    note: str = "",
) -> SpareMove:
    """Move spares in or out of the store; with the reason "counted", `number` is what is there.

    Raises
    ------
    NotInStore
        If more is taken than is there, or the number is none. Nothing is written then.
    """
    if number < 0 or (number == 0 and reason != Reason.COUNTED):
        raise NotInStore(_("Give a number of one or more."))
    with transaction.atomic():
        row = Spare.objects.select_for_update().get(pk=spare.pk)
        change = number - row.stock if reason == Reason.COUNTED else ADDS[Reason(reason)] * number
        if row.stock + change < 0:
            raise NotInStore(_("Only %(n)d of “%(spare)s” are in store.")
                             % {"n": row.stock, "spare": row})  # fmt: skip
        row.stock += change
        row.save(update_fields=["stock"])
        spare.stock = row.stock
        return SpareMove.objects.create(
            spare=row, change=change, balance=row.stock, reason=reason, asset=asset, case=case,
            note=note, by=by, at=clock.now(),
        )  # fmt: skip


def keep(spare: Spare, by: User | AnonymousUser) -> None:
    """Store a spare as it is given; a stock that differs is kept as a count."""
    with transaction.atomic():
        before = Spare.objects.filter(pk=spare.pk).values_list("stock", flat=True).first() or 0
        wanted, spare.stock = spare.stock, before
        spare.save()
        if wanted != before:
            move(spare, Reason.COUNTED, wanted, by if isinstance(by, User) else None)


def low(spares: QuerySet[Spare]) -> QuerySet[Spare]:
    """Return those of which there is less than there should be, what is most short first."""
    return spares.filter(stock__lt=F("minimum"), retired=False).order_by(
        F("stock") - F("minimum"), "code"
    )


def fitting(asset: Asset, spares: QuerySet[Spare]) -> list[Spare]:
    """Return the spares that fit an asset, its kind, or one of its parts."""
    inside = Asset.objects.filter(path__startswith=asset.path, retired=False)
    wanted = {word for pair in inside.values_list("code", "kind") for word in pair if word}
    of_plant = spares.filter(Q(plant__code=asset.top), retired=False)
    return [spare for spare in of_plant if wanted & set(spare.fits)]


def stock_of(fits: str, plant: str = "") -> list[Spare]:
    """Return the spares of a plant that fit an asset or kind with this code."""
    rows = Spare.objects.filter(retired=False)
    if plant:
        rows = rows.filter(plant__code=plant)
    return [spare for spare in rows if fits in spare.fits]
