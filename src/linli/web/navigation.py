"""The table of contents of the site: which pages there are and whom each is offered to.

Who may really open a page is decided by the page itself; here stands only what is shown.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from linli.people.models import Organisation, Role
from linli.people.scope import Scope

GUEST, ANYBODY, STAFF = "guest", "anybody", "staff"
KEEPERS = "keepers"  # of plants, and of what the town itself keeps running
KEEPING = frozenset({"maintenance", "water", "utilities", "transport"})
LEADING = frozenset({Role.LEADER, Role.DISPATCHER, Role.SUPERVISOR, Role.ADMINISTRATOR})
Audience = str | frozenset[Role]
OUTSIDE = frozenset({Role.OFFICER, Role.HEAD, Role.WORKER})
INDUSTRY = "industry"  # the field of work that serves enterprises
# Who holds several roles has the menu of the one that stands first here.
RANKS = (
    Role.LEADER, Role.ADMINISTRATOR, Role.DISPATCHER, Role.SUPERVISOR, Role.STEWARD, Role.HEAD,
    Role.OFFICER, Role.WORKER,
)  # fmt: skip


GROUPS = {
    "work": _("Cases and services"),
    "park": _("Park and programmes"),
    "plant": _("Plant"),
    "figures": _("Figures and comparison"),
    "running": _("Settings"),
}


@dataclass(frozen=True)
class Entry:
    """One page: its URL name, its label, whom it is offered to, and the pages below it.

    `icon` is the name of a symbol in `static/vendor/icons.svg`. `first` are the roles, and `field`
    the field of work of a department, that have it before the others. `group` is a key of
    `GROUPS`, under which it stands when it is not among the first.
    """

    url: str
    label: str | Promise
    audience: Audience
    icon: str = ""
    below: tuple[str, ...] = ()
    first: frozenset[Role] = frozenset()
    field: str = ""
    group: str = "work"


Shown = tuple[Entry, bool]  # a page, and whether one is there


# In the order of the menu, but for what somebody's work has first. The first four that a person
# is offered stand in the bar of a phone, the others under "More".
ENTRIES = (
    Entry("home", _("My work"), ANYBODY, "house"),
    Entry("cases", _("Cases"), ANYBODY, "list", ("case", "act")),
    Entry(
        "desk",
        _("Dispatcher's desk"),
        frozenset({Role.DISPATCHER}),
        "list-checks",
        first=frozenset({Role.DISPATCHER}),
    ),
    Entry(
        "report",
        _("Report"),
        ANYBODY,
        "square-pen",
        first=OUTSIDE | {Role.DISPATCHER, Role.STEWARD},
    ),
    Entry("report", _("Report"), GUEST, "square-pen"),
    Entry(
        "steward",
        _("Steward's desk"),
        frozenset({Role.STEWARD}),
        "inbox",
        ("steward-triage",),
        first=frozenset({Role.STEWARD}),
    ),
    Entry(
        "services", _("Services"), ANYBODY, "heart-handshake", ("service", "booking", "bookings")
    ),
    Entry("deliberations", _("Deliberations"), ANYBODY, "messages-square", ("deliberation",)),
    Entry("find-receipt", _("Progress"), GUEST, "search", ("receipt",)),
    Entry(
        "cockpit",
        _("Cockpit"),
        LEADING,
        "monitor",
        ("cockpit-stage",),
        first=frozenset({Role.LEADER, Role.SUPERVISOR}),
        group="figures",
    ),
    Entry(
        "bulletins",
        _("Bulletins"),
        LEADING,
        "scroll-text",
        ("bulletin", "bulletin-cases"),
        first=frozenset({Role.LEADER}),
        group="figures",
    ),
    Entry("map", _("Map"), ANYBODY, "map", first=OUTSIDE | {Role.SUPERVISOR}),
    Entry("topics", _("Hot topics"), STAFF, "flame", ("topic",), group="figures"),
    Entry(
        "indicators",
        _("Indicators"),
        STAFF,
        "scale",
        ("indicator", "indicator-rows"),
        group="figures",
    ),
    Entry(
        "schemes",
        _("Scoring"),
        STAFF,
        "check",
        ("scheme", "scheme-item", "scheme-improve"),
        group="figures",
    ),
    Entry(
        "enterprises",
        _("Enterprises"),
        STAFF,
        "building-2",
        ("enterprise", "visits", "visit", "give-figures"),
        field=INDUSTRY,
        group="park",
    ),
    Entry("leagues", _("Leagues"), STAFF, "trophy", ("figure", "reasons"), group="figures"),
    Entry(
        "ladder",
        _("Cultivation"),
        LEADING | {Role.OFFICER, Role.HEAD},
        "layers",
        ("climber", "per-mu", "score", "matching", "need"),
        group="park",
    ),
    Entry("ratings", _("Monthly ratings"), STAFF, "star", ("rate", "appeals"), group="figures"),
    Entry(
        "programmes",
        _("Programmes"),
        STAFF,
        "route",
        ("programme", "programme-gantt", "programme-map", "ways", "sponge"),
        group="park",
    ),
    Entry(
        "investment",
        _("Investment"),
        STAFF,
        "handshake",
        ("investment-projects", "investment-project"),
        group="park",
    ),
    Entry(
        "remediation",
        _("Remediation"),
        frozenset({Role.OFFICER, Role.HEAD, Role.LEADER, Role.SUPERVISOR, Role.ADMINISTRATOR}),
        "factory",
        (
            "campaign",
            "remediation-block",
            "holding",
            "compensation-sheet",
            "cut-campaign",
            "cut-block",
        ),
        field=INDUSTRY,
        group="park",
    ),
    Entry(
        "assets",
        _("Assets"),
        KEEPERS,
        "network",
        (
            "asset",
            "asset-change",
            "asset-new",
            "asset-labels",
            "asset-scan",
            "asset-shifts",
            "assets-running",
            "spares",
            "spare",
        ),
        field="maintenance",
        group="plant",
    ),
    Entry(
        "inspection",
        _("Inspection"),
        KEEPERS,
        "eye",
        (
            "inspection-station",
            "add-station",
            "change-station",
            "part",
            "judge-queue",
            "inspection-lots",
            "inspection-lot",
            "inspection-versions",
        ),
        field="quality",
        group="plant",
    ),
    Entry(
        "telemetry",
        _("Telemetry"),
        KEEPERS,
        "zap",
        (
            "telemetry-tag",
            "telemetry-refused",
            "telemetry-file",
            "telemetry-sources",
            "telemetry-new-source",
            "telemetry-source",
        ),
        group="plant",
    ),
    Entry(
        "maintenance",
        _("Maintenance"),
        KEEPERS,
        "wrench",
        ("maintained-machine", "maintenance-plan", "work-order", "maintenance-versions"),
        field="maintenance",
        group="plant",
    ),
    Entry(
        "chain",
        _("The chain"),
        KEEPERS,
        "route",
        ("chain-thing", "chain-passport", "recall", "suppliers"),
        field="logistics",
        group="plant",
    ),
    Entry(
        "greenhouses",
        _("Greenhouses"),
        KEEPERS,
        "sun",
        ("greenhouse", "farm-calendar"),
        field="agriculture",
        group="plant",
    ),
    Entry(
        "deliveries",
        _("Deliveries"),
        KEEPERS,
        "send",
        ("delivery-plan", "my-deliveries"),
        field="logistics",
        group="plant",
    ),
    Entry("my-leave", _("My leave"), STAFF, "calendar", group="running"),
    Entry(
        "administration",
        _("Administration"),
        frozenset({Role.ADMINISTRATOR}),
        "settings",
        (
            "people",
            "person",
            "new-person",
            "areas",
            "area-leads",
            "organisations",
            "calendar",
            "rulings",
            "ruling",
            "audit",
            "packs",
            "pack",
            "pack-draft",
            "keys",
        ),
        first=frozenset({Role.ADMINISTRATOR}),
        group="running",
    ),
    Entry(
        "imports",
        _("Import"),
        frozenset({Role.DISPATCHER, Role.ADMINISTRATOR}),
        "upload",
        ("import-file",),
        group="running",
    ),
    Entry(
        "webhooks",
        _("Webhooks"),
        frozenset({Role.ADMINISTRATOR}),
        "link",
        ("webhook",),
        group="running",
    ),
    Entry(
        "notice-settings",
        _("Notices by e-mail"),
        ANYBODY,
        "bell",
        ("confirm-address",),
        group="running",
    ),
    Entry("sign-in", _("Sign in"), GUEST, "user"),
)


def offered(entry: Entry, sight: Scope) -> bool:
    """Tell whether `entry` is shown to this person."""
    if not sight.user.is_authenticated:
        return entry.audience == GUEST
    if entry.audience == STAFF:
        return sight.works_for_town
    if entry.audience == KEEPERS:
        return sight.has(Role.LEADER, Role.SUPERVISOR, Role.ADMINISTRATOR) or any(
            one.organisation.kind == Organisation.Kind.PLANT
            or KEEPING & set(one.organisation.functions)
            for one in sight.memberships
        )
    if isinstance(entry.audience, frozenset):
        return sight.has(*entry.audience)
    return entry.audience == ANYBODY


def standing(entry: Entry, role: Role | None, fields: set[str]) -> int:
    """Tell how near the beginning of the menu an entry stands for a role in a field of work."""
    if entry.url == "home" or role is None:
        return 0
    if entry.url == "cases":
        return 1
    return 2 if entry.field in fields else 3 if role in entry.first else 4


def menu(sight: Scope, here: str) -> list[Shown]:
    """Return what this person is offered, and whether they are there now."""
    held = {one.role for one in sight.memberships}
    role = next((role for role in RANKS if role in held), None)
    fields = {
        field for one in sight.memberships
        if one.role in (Role.OFFICER, Role.HEAD) for field in one.organisation.functions
    }  # fmt: skip
    shown: Iterable[Entry] = (entry for entry in ENTRIES if offered(entry, sight))
    ordered = sorted(shown, key=lambda entry: standing(entry, role, fields))
    return [(entry, here == entry.url or here in entry.below) for entry in ordered]


def grouped(entries: Sequence[Shown]) -> list[tuple[str | Promise, list[Shown]]]:
    """Return entries of a menu under the words they belong to, in the order of `GROUPS`."""
    found = [(label, [one for one in entries if one[0].group == key])
             for key, label in GROUPS.items()]  # fmt: skip
    return [(label, those) for label, those in found if those]
