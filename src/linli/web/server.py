"""Run the site and, beside it, the worker that lets its clocks ring."""

import subprocess
import sys

import uvicorn
from django.conf import settings
from django.core.management import call_command
from django.utils.translation import gettext as _

from linli.people.models import User


class DemoAccounts(RuntimeError):
    """Accounts with a known password must not be reachable outside demo mode."""


def refuse_demo_accounts() -> None:
    """See that no demo account is left in an installation that is no demonstration.

    Raises
    ------
    DemoAccounts
        If there is one.
    """
    if not settings.DEMO and User.objects.filter(is_demo=True, is_active=True).exists():
        raise DemoAccounts(
            _(
                "This installation holds demo accounts with a known password: "
                "serve it with `linli demo`, or make a new one with `linli init DIR`."
            )
        )


def serve(host: str, port: int, workers: int) -> None:
    """Serve until stopped.

    Raises
    ------
    DemoAccounts
        If the installation holds demo accounts but is not a demonstration.
    """
    refuse_demo_accounts()
    call_command("collectstatic", verbosity=0, interactive=False)
    background = subprocess.Popen([sys.executable, "-m", "linli", "work"])
    try:
        # An open cockpit never ends its request by itself.
        uvicorn.run("linli.asgi:application", host=host, port=port, workers=workers,
                    lifespan="on", log_level="warning", timeout_graceful_shutdown=3)  # fmt: skip
    finally:
        background.terminate()
