"""The table of contents of the site: which pages there are and whom each is offered to.

Who may really open a page is decided by the page itself; here stands only what is shown.
"""

from collections.abc import Iterable
from dataclasses import dataclass

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from linli.people.models import Role
from linli.people.scope import Scope

GUEST, ANYBODY, STAFF = "guest", "anybody", "staff"
LEADING = frozenset({Role.LEADER, Role.DISPATCHER, Role.SUPERVISOR, Role.ADMINISTRATOR})
Audience = str | frozenset[Role]


@dataclass(frozen=True)
class Entry:
    """One page: its URL name, its label, whom it is offered to, and the pages below it.

    `icon` is the name of a symbol in `static/vendor/icons.svg`.
    """

    url: str
    label: str | Promise
    audience: Audience
    icon: str = ""
    below: tuple[str, ...] = ()


# In the order of the menu. The first four that a person is offered stand in the bar of a
# phone, the others under "More".
ENTRIES = (
    Entry("home", _("My work"), ANYBODY, "house"),
    Entry("cases", _("Cases"), ANYBODY, "list", ("case", "act")),
    Entry("desk", _("Dispatcher's desk"), frozenset({Role.DISPATCHER}), "list-checks"),
    Entry("report", _("Report"), ANYBODY, "square-pen"),
    Entry("report", _("Report"), GUEST, "square-pen"),
    Entry("steward", _("Steward's desk"), frozenset({Role.STEWARD}), "inbox", ("steward-triage",)),
    Entry(
        "services", _("Services"), ANYBODY, "heart-handshake", ("service", "booking", "bookings")
    ),
    Entry("deliberations", _("Deliberations"), ANYBODY, "messages-square", ("deliberation",)),
    Entry("find-receipt", _("Progress"), GUEST, "search", ("receipt",)),
    Entry("cockpit", _("Cockpit"), LEADING, "monitor", ("cockpit-stage",)),
    Entry("bulletins", _("Bulletin"), LEADING, "scroll-text", ("bulletin", "bulletin-cases")),
    Entry("map", _("Map"), ANYBODY, "map"),
    Entry("topics", _("Hot topics"), STAFF, "flame", ("topic",)),
    Entry("indicators", _("Indicators"), STAFF, "scale", ("indicator", "indicator-rows")),
    Entry("schemes", _("Scoring"), STAFF, "check", ("scheme", "scheme-item", "scheme-improve")),
    Entry("enterprises", _("Enterprises"), STAFF, "building-2", ("enterprise", "visits", "visit")),
    Entry("leagues", _("Leagues"), STAFF, "trophy", ("figure", "reasons")),
    Entry(
        "ladder",
        _("Cultivation"),
        LEADING | {Role.OFFICER, Role.HEAD},
        "layers",
        ("climber", "per-mu", "score", "matching", "need"),
    ),
    Entry("ratings", _("Monthly ratings"), STAFF, "star", ("rate", "appeals")),
    Entry(
        "programmes",
        _("Programmes"),
        STAFF,
        "route",
        ("programme", "programme-gantt", "programme-map", "ways", "sponge"),
    ),
    Entry(
        "investment",
        _("Investment"),
        STAFF,
        "handshake",
        ("investment-projects", "investment-project"),
    ),
    Entry(
        "remediation",
        _("Remediation"),
        frozenset({Role.OFFICER, Role.HEAD, Role.LEADER, Role.SUPERVISOR, Role.ADMINISTRATOR}),
        "scroll-text",
        ("campaign", "remediation-block", "holding", "compensation-sheet"),
    ),
    Entry("my-leave", _("My leave"), STAFF, "calendar"),
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
    ),
    Entry(
        "imports",
        _("Import"),
        frozenset({Role.DISPATCHER, Role.ADMINISTRATOR}),
        "upload",
        ("import-file",),
    ),
    Entry("webhooks", _("Webhooks"), frozenset({Role.ADMINISTRATOR}), "link", ("webhook",)),
    Entry("notice-settings", _("Notices by e-mail"), ANYBODY, "bell", ("confirm-address",)),
    Entry("sign-in", _("Sign in"), GUEST, "user"),
)


def offered(entry: Entry, sight: Scope) -> bool:
    """Tell whether `entry` is shown to this person."""
    if not sight.user.is_authenticated:
        return entry.audience == GUEST
    if entry.audience == STAFF:
        return bool(sight.memberships or sight.led_areas)
    if isinstance(entry.audience, frozenset):
        return sight.has(*entry.audience)
    return entry.audience == ANYBODY


def menu(sight: Scope, here: str) -> list[tuple[Entry, bool]]:
    """Return what this person is offered, and whether they are there now."""
    shown: Iterable[Entry] = (entry for entry in ENTRIES if offered(entry, sight))
    return [(entry, here == entry.url or here in entry.below) for entry in shown]
