"""The demonstration: the sample town, and one account a role that works nowhere else."""

from pathlib import Path

from django.conf import settings

from linli.cases.models import Case
from linli.clock import now
from linli.packs.loader import load
from linli.people.models import User
from linli.replay import replay

PASSWORD = "linli-demo"
RECORD = "record.csv"  # of the last months, in the town's folder; moved so that it ends today
ACCOUNTS = (
    "resident", "worker", "steward", "officer", "head",
    "dispatcher", "supervisor", "leader", "administrator",
)  # fmt: skip


class NotADemonstration(RuntimeError):
    """Demo accounts are only ever made in demo mode."""


def prepare(town: Path) -> list[tuple[str, str]]:
    """Load the sample town and open its demo accounts.

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
    load(town)
    users = {user.username: user for user in User.objects.filter(username__in=ACCOUNTS)}
    for user in users.values():
        if not user.is_demo or not user.check_password(PASSWORD):
            user.set_password(PASSWORD)
            user.is_demo = True
            user.save(update_fields=["password", "is_demo"])
    record = town / RECORD
    if record.exists() and not Case.objects.exists():
        replay(record, ending=now())
    return [(name, str(users[name])) for name in ACCOUNTS if name in users]
