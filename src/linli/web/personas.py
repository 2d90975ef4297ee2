"""The accounts of a demonstration, one a role: who they are and what to try with them."""

from dataclasses import dataclass

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

DEMO_PASSWORD = "linli-demo"


@dataclass(frozen=True)
class Persona:
    """One demo account: who it is, what to try with it, where it begins."""

    username: str
    label: str | Promise
    tries: str | Promise
    icon: str
    path: str = "/"


PERSONAS = (
    Persona("resident", _("Resident"), _("Report something, follow it, rate the answer"), "house"),
    Persona("enterprise", _("Enterprise"), _("Read every answer to what you asked for, rate them"),
            "building-2", "/enterprises/"),
    Persona("worker", _("Grid worker"), _("Patrol your grid, handle what you find"), "map-pin"),
    Persona("steward", _("Neighbour steward"), _("Sort what comes in, bring neighbours together"),
            "heart-handshake"),
    Persona("officer", _("Officer"),
            _("Resolve cases of your department, come to terms with enterprises"), "list-checks"),
    Persona("head", _("Head of organisation"), _("Assign, return once with a reason, appeal"),
            "building-2"),
    Persona("dispatcher", _("Dispatcher"), _("Dispatch to both sides, rule on what is returned"),
            "route"),
    Persona("supervisor", _("Supervisor"), _("Verify what was done, rule on appeals"), "eye"),
    Persona("leader", _("Leader"),
            _("See the whole town, visit enterprises, supervise what is stuck"), "monitor",
            "/cockpit/"),
    Persona("inspector", _("Quality inspector"),
            _("Judge parts that the camera found flawed, hold and release lots"), "camera",
            "/inspection/"),
    Persona("engineer", _("Maintenance engineer"),
            _("See which machine fails next, book a window, write down what was found"), "wrench",
            "/maintenance/"),
    Persona("grower", _("Grower"),
            _("Say at which stage crops are, see what is due and what is out of its limits"), "sun",
            "/greenhouses/"),
    Persona("administrator", _("Administrator"), _("Keep people, packs and calendar in order"),
            "settings"),
)  # fmt: skip
