"""Whether a document or an event is what EPCIS 2.0 says: the published schema, then our own look.

The schema knows shapes; what it does not know is whether a check digit is right, whether a lot
stands where single pieces belong, and which moments are possible.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from functools import cache
from importlib.resources import files
from typing import Any

import orjson
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from linli.engines.gs1 import GOODS, Kind, NoKey, key
from linli.logistics.chain.epcis.faults import Fault
from linli.logistics.chain.epcis.hashing import moment

MOST_FAULTS = 200
CONTEXT = "https://ref.gs1.org/standards/epcis/2.0.0/epcis-context.jsonld"
PIECES = ("epcList", "childEPCs", "inputEPCList", "outputEPCList")
QUANTITIES = ("quantityList", "childQuantityList", "inputQuantityList", "outputQuantityList")
L = gettext_lazy
WHY: dict[str, str | Promise] = {
    "%(n)s figures are needed": L("%(n)s figures are needed"),
    "%(n)s parts with dots between them are needed":
        L("%(n)s parts with dots between them are needed"),
    "a GTIN has 8, 12, 13 or 14 figures": L("a GTIN has 8, 12, 13 or 14 figures"),
    "a company prefix has 6 to 12 figures": L("a company prefix has 6 to 12 figures"),
    "a serial or lot has 1 to %(n)s characters": L("a serial or lot has 1 to %(n)s characters"),
    "a serial or lot has a character that is not allowed":
        L("a serial or lot has a character that is not allowed"),
    "company prefix and reference have %(n)s figures together":
        L("company prefix and reference have %(n)s figures together"),
    "only patterns that leave the serial open are understood":
        L("only patterns that leave the serial open are understood"),
    "piece and total have two figures each": L("piece and total have two figures each"),
    "the check digit should be %(n)s": L("the check digit should be %(n)s"),
    "the serial of a component has 1 to 12 figures":
        L("the serial of a component has 1 to 12 figures"),
    "the serial of a coupon has 1 to 12 figures":
        L("the serial of a coupon has 1 to 12 figures"),
}  # fmt: skip


def why(fault: NoKey) -> str:
    """Say in the reader's language why something is no key of GS1."""
    return str(WHY.get(fault.why, fault.why)) % {"n": fault.n}


@cache
def _schema() -> Any:
    import jsonschema_rs  # takes a while, and most processes never capture

    text = files(__package__).joinpath("epcis-2.0.schema.json").read_bytes()
    return jsonschema_rs.validator_for(orjson.loads(text), validate_formats=True)


def document_of(events: Sequence[Any], context: Any = CONTEXT) -> dict[str, Any]:
    """Wrap events as a document."""
    return {
        "@context": context, "type": "EPCISDocument", "schemaVersion": "2.0",
        "creationDate": "2022-06-01T00:00:00Z", "epcisBody": {"eventList": list(events)},
    }  # fmt: skip


def faults_of(document: Any) -> list[Fault]:
    """Return what is wrong with a document, at most `MOST_FAULTS`; nothing where it is good."""
    schema = _schema()
    found: list[Fault] = []
    if not isinstance(document, Mapping) or not schema.is_valid(document):
        for error in schema.iter_errors(document):
            fault = _of_schema(list(error.instance_path), error)
            if fault not in found:
                found.append(fault)
            if len(found) == MOST_FAULTS:
                return found
        if not found or any(fault.event is None for fault in found):
            return found
    bad = {fault.event for fault in found}
    for number, event in enumerate(document["epcisBody"].get("eventList", ())):
        if number not in bad:
            found.extend(Fault(number, name, words) for name, words in _looked_at(event))
        if len(found) >= MOST_FAULTS:
            break
    return found[:MOST_FAULTS]


# --- what the schema says, in words ----------------------------------------------------------


def _of_schema(path: list[Any], error: Any) -> Fault:
    number = None
    if path[:2] == ["epcisBody", "eventList"] and len(path) > 2:
        number, path = path[2], path[3:]
    name = ".".join(str(part) for part in path)
    return _in_words(number, name, type(error.kind).__name__, error)


def _in_words(number: int | None, name: str, kind: str, error: Any) -> Fault:
    if kind == "Required":
        missing = str(error.kind.property).strip("\"'")
        return Fault(number, f"{name}.{missing}".lstrip("."), _("is missing."))
    if kind == "PropertyNames":
        strange = error.message.split('"')[1] if '"' in error.message else ""
        words = _("is no field of this event, and no name with a namespace.")
        return Fault(number, f"{name}.{strange}".lstrip("."), words)
    if kind == "Enum":
        return Fault(number, name, _("is none of the values the standard knows."))
    if kind == "Format":
        return Fault(number, name, _("is not written as the standard says (URI or moment)."))
    if kind == "Type":
        return Fault(number, name, _("is of the wrong kind (text, number, list)."))
    if kind == "AnyOf" and not name:
        return Fault(number, name, _("lacks what this kind of event must tell of: its things."))
    if kind == "AnyOf":
        return Fault(number, name, _("is neither a word of the CBV nor a URI."))
    return Fault(number, name, error.message[:200])


# --- our own look ----------------------------------------------------------------------------

Said = tuple[str, str]


def _looked_at(event: Mapping[str, Any]) -> Iterator[Said]:
    try:
        moment(event["eventTime"])
    except ValueError:
        yield "eventTime", _("is no moment with a zone.")
    for name in PIECES:
        for at, text in enumerate(event.get(name, ())):
            yield from _piece(f"{name}.{at}", text)
    for name in QUANTITIES:
        for at, one in enumerate(event.get(name, ())):
            yield from _quantity(f"{name}.{at}", one)
    if "parentID" in event:
        yield from _key("parentID", event["parentID"], lambda kind: kind is not Kind.CLASS,
                        L("names a kind of goods, not one container."))  # fmt: skip
    for name in ("readPoint", "bizLocation"):
        if name in event:
            yield from _key(f"{name}.id", event[name]["id"],
                            lambda kind: kind in (Kind.OTHER, Kind.PLACE, Kind.PARTY),
                            L("names no place."))  # fmt: skip
    for name, part in (("sourceList", "source"), ("destinationList", "destination")):
        for at, one in enumerate(event.get(name, ())):
            yield from _key(f"{name}.{at}.{part}", one[part],
                            lambda kind: kind in (Kind.OTHER, Kind.PLACE, Kind.PARTY),
                            L("names neither a party nor a place."))  # fmt: skip


def _key(
    name: str, text: str, fits: Callable[[Kind], bool], otherwise: str | Promise
) -> Iterator[Said]:
    try:
        found = key(text)
    except NoKey as fault:
        words = _("“%(text)s” is no valid identifier: %(why)s.")
        yield name, words % {"text": text, "why": why(fault)}
        return
    if not fits(found.kind):
        yield name, f"“{text}” {otherwise}"


def _piece(name: str, text: str) -> Iterator[Said]:
    words = L("names a lot or a kind of goods; these go into a list of quantities.")
    yield from _key(name, text, lambda kind: kind not in (Kind.CLASS, Kind.LOT), words)


def _quantity(name: str, one: Mapping[str, Any]) -> Iterator[Said]:
    yield from _key(f"{name}.epcClass", one["epcClass"],
                    lambda kind: kind is Kind.OTHER or (kind in GOODS and kind is not Kind.ITEM)
                    or kind is Kind.RETURNABLE,
                    L("names one piece; that belongs into a list of pieces."))  # fmt: skip
    if one.get("quantity", 1) < 0:
        yield f"{name}.quantity", _("is less than nothing.")
    if "uom" in one and "quantity" not in one:
        yield f"{name}.uom", _("is a unit without a quantity.")
