"""Each event as a sentence: who did what, for whom, by when."""

from collections.abc import Callable, Iterable
from typing import Any

from django.utils.functional import Promise
from django.utils.text import capfirst
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from linli.cases.models import Case, Category, Event, Source, Triage
from linli.people.models import Membership, Organisation, Side, User
from linli.places.atlas import atlas

L = gettext_lazy
CLOCK_NAMES: dict[str, str | Promise] = {
    "accept_reminder": L("the time to accept is running out"),
    "accept_overdue": L("not accepted in time"),
    "resolve_reminder": L("the time to resolve is running out"),
    "resolve_overdue": L("not resolved in time"),
    "verification_reminder": L("not verified in time"),
    "silence": L("no rating came"),
}
# What somebody is called to whom no name is due.
OFFICES: dict[str, str | Promise] = {
    "triage": L("the dispatcher"),
    "dispatch": L("the dispatcher"),
    "rule": L("the dispatcher"),
    "close": L("the dispatcher"),
    "merge": L("the dispatcher"),
    "cancel": L("the dispatcher"),
    "settle": L("the neighbour steward"),
    "deliberate": L("the neighbour steward"),
    "minute": L("the neighbour steward"),
    "verify": L("the supervisor"),
    "reopen": L("the supervisor"),
    "look": L("somebody who handles it"),
}


class Names:
    """Names of all that the events refer to, looked up once for all of them."""

    def __init__(self, events: Iterable[Event]) -> None:
        events = list(events)
        keys = {
            "organisation": Organisation, "person": User, "category": Category, "into": Case,
        }  # fmt: skip
        self._rows: dict[str, dict[int, Any]] = {
            name: model._default_manager.in_bulk({e.data[name] for e in events if name in e.data})
            for name, model in keys.items()
        }
        sides = {key for e in events for key in (e.territorial_id, e.functional_id) if key}
        self._sides = Organisation.objects.in_bulk(sides) if sides else {}
        kinds = {e.category_id for e in events if e.category_id}
        self._kinds = Category.objects.defer("examples").in_bulk(kinds) if kinds else {}
        people = {event.by_id for event in events if event.by_id}
        offices = Membership.objects.filter(user__in=people).select_related("organisation")
        self._offices: dict[int, Organisation] = {}
        for office in offices.order_by("-id"):
            self._offices[office.user_id] = office.organisation

    def row(self, name: str, key: Any) -> Any:
        """Return what `key` stands for in the data of an event; None if it is gone."""
        return self._rows[name].get(key)

    def person(self, by: User) -> str:
        """Name somebody with their office."""
        office = self._offices.get(by.pk)
        return _("%(name)s (%(office)s)") % {"name": by, "office": office} if office else str(by)

    def side(self, event: Event, side: str) -> str:
        """Name the organisation that stood on `side` once the event was done."""
        key = event.territorial_id if side == Side.TERRITORIAL else event.functional_id
        return str(self._sides.get(key) or _("nobody yet")) if key else _("nobody yet")

    def lead(self, event: Event) -> str:
        """Name the organisation that leads once the event is done."""
        return self.side(event, event.lead_side)

    def kind(self, event: Event) -> str:
        """Name the category the case had once the event was done."""
        return str(self._kinds.get(event.category_id) or "") if event.category_id else ""

    def named(self, event: Event, name: str) -> str:
        """Name the organisation, person or case the event's data point to."""
        row = self.row(name, event.data.get(name))
        if row is None:
            return "?"
        return row.code if isinstance(row, Case) else str(row)


Telling = Callable[[Event, Names], tuple[str | Promise, dict[str, Any]]]


def _plainly(words: str | Promise) -> Telling:
    return lambda event, names: (words, {})


def _report(event: Event, names: Names) -> tuple[str | Promise, dict[str, Any]]:
    return L("It was reported. Source: %(source)s."), {"source": Source(event.source).label}


def _triage(event: Event, names: Names) -> tuple[str | Promise, dict[str, Any]]:
    given = {"triage": Triage(event.data["triage"]).label, "category": names.kind(event)}
    if given["category"]:
        return L("%(who)s sorted it: %(triage)s, category “%(category)s”."), given
    return L("%(who)s sorted it: %(triage)s."), given


def _dispatch(event: Event, names: Names) -> tuple[str | Promise, dict[str, Any]]:
    return L(
        "%(who)s gave it to both sides: %(territorial)s for the area, "
        "%(functional)s for the matter; %(lead)s leads."
    ), {
        "territorial": names.side(event, Side.TERRITORIAL),
        "functional": names.side(event, Side.FUNCTIONAL),
        "lead": names.lead(event),
    }


def _with_lead(words: str | Promise) -> Telling:
    return lambda event, names: (words, {"lead": names.lead(event)})


def _with(name: str, words: str | Promise) -> Telling:
    return lambda event, names: (words, {name: names.named(event, name)})


def _days(one: Callable[[int], str]) -> Telling:
    return lambda event, names: (one(event.data.get("days") or 0), {})


def _evaluate(event: Event, names: Names) -> tuple[str | Promise, dict[str, Any]]:
    if event.data["satisfied"]:
        return L("%(who)s rated it: satisfied."), {}
    return L("%(who)s rated it: not satisfied."), {}


def _appeal_ruled(event: Event, names: Names) -> tuple[str | Promise, dict[str, Any]]:
    if event.data["upheld"]:
        return L("%(who)s upheld the appeal; the rating does not count."), {}
    return L("%(who)s refused the appeal; the rating stands."), {}


def _clock(event: Event) -> str:
    name = event.data.get("clock", "")
    return str(CLOCK_NAMES.get(name, name))


def _escalate(event: Event, names: Names) -> tuple[str | Promise, dict[str, Any]]:
    area = atlas().areas.get(event.sets.get("escalated_to_id", 0))
    given = {"clock": capfirst(_clock(event)), "area": area or ""}
    if area is None:
        return L("%(clock)s: handed to the leads above."), given
    return L("%(clock)s: handed to the leads of %(area)s."), given


def _close(event: Event, names: Names) -> tuple[str | Promise, dict[str, Any]]:
    if event.data.get("silent"):
        return L("It was closed; no rating came in time."), {}
    return (L("%(who)s closed it."), {}) if event.by_id else (L("It was closed."), {})


def _asked(days: int) -> str:
    return ngettext("%(who)s asked for %(days)d more working day.",
                    "%(who)s asked for %(days)d more working days.", days).replace(
                        "%(days)d", str(days))  # fmt: skip


def _granted(days: int) -> str:
    return ngettext("%(who)s granted %(days)d more working day.",
                    "%(who)s granted %(days)d more working days.", days).replace(
                        "%(days)d", str(days))  # fmt: skip


SENTENCES: dict[str, Telling] = {
    "report": _report,
    "follow": _plainly(L("The same was reported again.")),
    "triage": _triage,
    "dispatch": _dispatch,
    "deliberate": _plainly(L("%(who)s called the residents together.")),
    "minute": _plainly(L("%(who)s recorded what the residents said.")),
    "settle": _plainly(L("%(who)s settled it with the residents.")),
    "accept": _with_lead(L("%(who)s accepted it for %(lead)s.")),
    "acknowledge": _plainly(L("%(who)s took note for the supporting side.")),
    "resolve": _with_lead(L("%(who)s resolved it for %(lead)s.")),
    "sign_off": _plainly(L("%(who)s signed off the part of the supporting side.")),
    "assign": _with("person", L("%(who)s assigned it to %(person)s.")),
    "return": _plainly(L("%(who)s returned it and asks for a ruling.")),
    "rule": _with("organisation", L("%(who)s ruled that it belongs to %(organisation)s.")),
    "join": _with("organisation", L("%(who)s called in %(organisation)s for joint handling.")),
    "ask_extension": _days(_asked),
    "grant_extension": _days(_granted),
    "refuse_extension": _plainly(L("%(who)s refused the extension.")),
    "note": _plainly(L("%(who)s left a note.")),
    "add": _plainly(L("%(who)s said more about it.")),
    "urge": _plainly(L("%(who)s urged it.")),
    "look": _plainly(L("%(who)s looked at who reported it.")),
    "supervise": _plainly(L("%(who)s put it under supervision.")),
    "verify": _plainly(L("%(who)s verified what was done.")),
    "evaluate": _evaluate,
    "reopen": _plainly(L("%(who)s sent it back to be done again.")),
    "close": _close,
    "merge": _with("into", L("%(who)s merged it into case %(into)s.")),
    "cancel": _plainly(L("%(who)s cancelled it.")),
    "appeal": _plainly(L("%(who)s appealed the rating.")),
    "rule_on_appeal": _appeal_ruled,
    "remind": lambda event, names: (L("Reminder: %(clock)s."), {"clock": _clock(event)}),
    "escalate": _escalate,
}  # fmt: skip


def sentence(event: Event, names: Names, who: str) -> str:
    """Say an event in one sentence; empty for an action that has none of its own."""
    telling = SENTENCES.get(event.action)
    if telling is None:
        return ""
    words, given = telling(event, names)
    return capfirst(str(words) % {"who": who, **{k: str(v) for k, v in given.items()}})


def office(event: Event, names: Names) -> str:
    """Call whoever acted by their office, where no name is due."""
    if event.action in ("accept", "resolve", "acknowledge", "sign_off"):
        return _("the organisation in charge")
    return str(OFFICES.get(event.action) or _("the organisation in charge"))
