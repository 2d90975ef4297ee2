"""The public passport of a lot: only what its owner released, and as it was then."""

from collections.abc import Sequence
from typing import Any

from django.db import transaction
from django.utils.functional import Promise
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from linli.cases.refusal import Refused
from linli.clock import now
from linli.engines.gs1 import Kind
from linli.engines.lineage import walk
from linli.logistics.chain.book import Stored
from linli.logistics.chain.elsewhere import inspected
from linli.logistics.chain.models import Event, Link, Passport, Place, Role, Thing, Ware
from linli.logistics.chain.naming import parties_of
from linli.logistics.chain.visibility import keeps
from linli.people import audit
from linli.people.models import Organisation, User
from linli.people.scope import scope

# What may be released of a lot, in the order of the page.
PARTS: dict[str, str | Promise] = {
    "maker": _("Who made it"),
    "made": _("When it was made"),
    "ingredients": _("What it was made of"),
    "origin": _("Where that came from"),
    "inspected": _("What inspection found"),
    "journey": _("What happened to it"),
}
MOST = 2_000
Pair = list[str]  # Chinese and English


def owner_of(thing: Thing) -> int | None:
    """Return who made a lot known first: the owner of its passport."""
    first = Link.objects.filter(thing=thing, event__void=False).order_by("at", "id")
    making = first.filter(role__in=(Role.OUTPUT, Role.SEEN))
    return making.values_list("event__owner", flat=True).first()


def may_release(user: User, thing: Thing) -> bool:
    """Tell whether a person may release a lot's passport."""
    owner = owner_of(thing)
    return thing.kind == Kind.LOT and owner is not None and keeps(scope(user), owner)


def release(
    thing: Thing, by: User, shown: Sequence[str], said: str = "", said_en: str = ""
) -> Passport:
    """Release some parts of what is known of a lot, for everybody.

    Raises
    ------
    Refused
        If the lot is not this person's to release, or a part is unknown.
    """
    key = owner_of(thing)
    if key is None or not may_release(by, thing):
        raise Refused(_("This lot is not yours to release."))
    parts = [part for part in PARTS if part in shown]
    owner = Organisation.objects.get(pk=key)
    with transaction.atomic():
        row, _is_new = Passport.objects.update_or_create(
            thing=thing,
            defaults={
                "owner": owner, "shown": parts, "said": said[:600], "said_en": said_en[:800],
                "content": content(thing, owner, parts), "released_at": now(), "by": by,
                "withdrawn_at": None,
            },
        )  # fmt: skip
        audit.record(
            "passport-released", by, kind="passport", key=thing.uri[-60:], name=thing.part,
            path=owner.area.path, changes={"shown": (None, parts)},
        )  # fmt: skip
    return row


def withdraw(thing: Thing, by: User) -> None:
    """Take a passport back: its page says so, and shows nothing else. Raises Refused."""
    if not may_release(by, thing):
        raise Refused(_("This lot is not yours to release."))
    row = Passport.objects.filter(thing=thing, withdrawn_at=None).select_related("owner").first()
    if row is not None:
        with transaction.atomic():
            row.withdrawn_at = now()
            row.save(update_fields=["withdrawn_at"])
            audit.record(
                "passport-withdrawn", by, kind="passport", key=thing.uri[-60:], name=thing.part,
                path=row.owner.area.path,
            )  # fmt: skip


def content(thing: Thing, owner: Organisation, parts: Sequence[str]) -> dict[str, Any]:
    """Return what the released parts say now, in both languages; no person is ever in it."""
    ware = Ware.objects.filter(gtin=thing.code).first()
    told: dict[str, Any] = {
        "ware": [ware.name, ware.name_en] if ware else [thing.code, ""], "gtin": thing.code,
        "lot": thing.part,
    }  # fmt: skip
    makers = {
        "maker": lambda: [owner.name, owner.name_en], "made": lambda: _made(thing),
        "ingredients": lambda: _ingredients(thing, owner.pk),
        "origin": lambda: _origin(thing, owner.pk), "inspected": lambda: _inspected(thing),
        "journey": lambda: _journey(thing, owner.pk),
    }  # fmt: skip
    for part in parts:
        found = makers[part]()
        if found:
            told[part] = found
    return told


def _made(thing: Thing) -> str:
    made = Link.objects.filter(thing=thing, role__in=(Role.OUTPUT, Role.SEEN), event__void=False)
    at = made.order_by("at").values_list("at", flat=True).first()
    return at.date().isoformat() if at else ""


def _before(thing: Thing, owner: int) -> list[Thing]:
    way = walk([thing.pk], Stored(), backward=True, owners=[owner], most=MOST)
    return list(Thing.objects.filter(pk__in=[int(k) for k in way.goods if k != thing.pk]))


def _ingredients(thing: Thing, owner: int) -> list[Pair]:
    codes = {one.code for one in _before(thing, owner) if one.code and one.code != thing.code}
    rows = Ware.objects.filter(gtin__in=codes).order_by("gtin")
    return [[row.name, row.name_en] for row in rows]


def _origin(thing: Thing, owner: int) -> list[Pair]:
    things = [one.pk for one in _before(thing, owner)]
    sources = Event.objects.filter(
        links__thing__in=things, source__isnull=False, void=False, owner=owner
    ).order_by()
    places = Place.objects.filter(pk__in=sources.values("source"))
    parties = parties_of({place.gln for place in places if place.gln}, [owner])
    return sorted([row.name, row.name_en, row.country] for row in parties.values())


def _inspected(thing: Thing) -> dict[str, Any]:
    one = inspected(None, [thing]).get(thing.pk)
    if one is None:
        return {}
    return {"state": one.state, "parts": one.parts, "flawed": one.flawed}


def _journey(thing: Thing, owner: int) -> list[dict[str, Any]]:
    links = Link.objects.filter(thing=thing, event__owner=owner, event__void=False)
    related = ("event__location", "event__read_point")
    found = []
    for link in links.order_by("at").select_related(*related).defer("event__body")[:60]:
        place = link.event.location or link.event.read_point
        name = [place.name, place.name_en] if place and place.name else ["", ""]
        found.append({"step": link.event.step, "on": link.at.date().isoformat(), "place": name})
    return found


def spoken(pair: Any) -> str:
    """Return what stands in both languages in that of the page."""
    english = (get_language() or "").startswith("en")
    return (pair[1] if english else "") or pair[0]
