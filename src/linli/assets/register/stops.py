"""A machine stands still, and runs again."""

from datetime import datetime

from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

from linli import clock
from linli.assets.register.models import Asset, Stop
from linli.people.models import User
from linli.tables import touched


class NotAStop(ValueError):
    """A stop that cannot be: it lies in the future, ends before it begins, or is there already."""


def begin(
    asset: Asset, cause: str, by: User | None, since: datetime | None = None, note: str = ""
) -> Stop:
    """Note that an asset stands still.

    Raises
    ------
    NotAStop
        If it stands still already, or the time lies in the future.
    """
    now = clock.now()
    since = since or now
    if since > now:
        raise NotAStop(_("This moment lies in the future."))
    try:
        with transaction.atomic():
            Asset.objects.select_for_update().get(pk=asset.pk)
            if Stop.objects.filter(asset=asset, until=None).exists():
                raise NotAStop(_("It stands still already: end that stop first."))
            row = Stop.objects.create(asset=asset, since=since, cause=cause, note=note, by=by)
            touched("stops")
    except IntegrityError as fault:
        raise NotAStop(_("A stop that began at this moment is kept already.")) from fault
    return row


def end(asset: Asset, until: datetime | None = None) -> Stop:
    """Note that an asset runs again.

    Raises
    ------
    NotAStop
        If it does not stand still, or would have run again before it stood.
    """
    now = clock.now()
    until = until or now
    with transaction.atomic():
        row = Stop.objects.select_for_update().filter(asset=asset, until=None).first()
        if row is None:
            raise NotAStop(_("It does not stand still."))
        if until > now:
            raise NotAStop(_("This moment lies in the future."))
        if until <= row.since:
            raise NotAStop(_("It ends before it begins."))
        row.until = until
        row.save(update_fields=["until"])
        touched("stops")
    return row
