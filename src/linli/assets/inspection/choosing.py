"""Which version of a station judges: chosen by a person, with a reason, and gone back on."""

from django.db import transaction
from django.utils.translation import gettext as _

from linli.assets.inspection.models import Station, Version
from linli.assets.inspection.who import may_set_up
from linli.cases.refusal import Refused
from linli.people import audit
from linli.people.models import User
from linli.people.scope import scope

State = Version.State
USABLE = frozenset({State.READY, State.WORSE, State.RETIRED})
SHORTEST = 2


def use(version: Version, by: User, reason: str) -> None:
    """Let a version judge from now on.

    Raises
    ------
    Refused
        Without a reason, to whom may not, or if the version is in use, failed, or being learnt.
    """
    if len(reason.strip()) < SHORTEST:
        raise Refused(_("Say why."))
    if not may_set_up(scope(by), version.station):
        raise Refused(_("You do not set up this station."))
    with transaction.atomic():
        station = Station.objects.select_for_update(of=("self",)).get(pk=version.station_id)
        version.refresh_from_db(fields=["state"])
        if version.state not in USABLE:
            raise Refused(_("This version cannot judge: %(state)s.")
                          % {"state": version.get_state_display()})  # fmt: skip
        before = Version.objects.filter(station=station, state=State.CURRENT)
        was = before.values_list("number", flat=True).first()
        before.update(state=State.RETIRED)
        version.state = State.CURRENT
        version.save(update_fields=["state"])
        Station.objects.filter(pk=station.pk).update(version=version)
        audit.record(
            "version-chosen", by, kind="station", key=station.code, name=station.name,
            changes={"version": (was, version.number)}, reason=reason.strip(),
        )  # fmt: skip
