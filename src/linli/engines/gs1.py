"""GS1 identification keys: read as EPC URI or as GS1 Digital Link, brought to one form.

The one form is the canonical Digital Link (`https://id.gs1.org/01/…/10/…`), as the hash of an
event (CBV 2.0, 8.9) has it too: an EPC URI tells where the company prefix ends and a Digital
Link does not, so only this way loses nothing that identifies. A Digital Link of any host is
the same thing; its query and what describes without identifying (a best-before date) go.
"""

import re
from collections.abc import Callable
from dataclasses import dataclass
from enum import IntEnum
from functools import lru_cache
from urllib.parse import quote, unquote, urlsplit

ROOT = "https://id.gs1.org"
PREFIX = re.compile(r"[0-9]{6,12}")
# What a serial or lot may hold (GS1 AI encodable character set 82), once it is unescaped.
SERIAL = re.compile(r"[!\"%&'()*+,\-./0-9:;<=>?A-Z_a-z]+")
COMPONENT = re.compile(r"[#\-/0-9A-Z]+")


class Kind(IntEnum):
    """What a key names."""

    OTHER = 0
    CLASS = 1  # a kind of goods: GTIN
    LOT = 2  # goods made together: GTIN and lot
    ITEM = 3  # one piece: GTIN and serial
    UNIT = 4  # a logistic unit: SSCC
    RETURNABLE = 5  # a crate or container that comes back: GRAI
    ASSET = 6  # GIAI
    PLACE = 7  # GLN of a place
    PARTY = 8  # GLN of a party
    DOCUMENT = 9
    SERVICE = 10
    SHIPMENT = 11
    COUPON = 12
    PART = 13


GOODS = frozenset({Kind.CLASS, Kind.LOT, Kind.ITEM, Kind.PART})
HOLDERS = frozenset({Kind.UNIT, Kind.RETURNABLE, Kind.ASSET})


class NoKey(ValueError):
    """A text that claims to be a GS1 key and is none; `why` says why, with `n` in it."""

    def __init__(self, why: str, n: object = "") -> None:
        super().__init__(why % {"n": n})
        self.why, self.n = why, n


@dataclass(frozen=True, slots=True)
class Key:
    """A key in its one form.

    Attributes
    ----------
    uri
        The canonical Digital Link; the text itself where it is no key of GS1.
    code
        The figures with their check digit, without lot or serial; "" for no key of GS1.
    part
        Lot, serial or extension, unescaped.
    """

    uri: str
    kind: Kind = Kind.OTHER
    code: str = ""
    part: str = ""


def check_digit(digits: str) -> str:
    """Return the check digit of a key without it (GS1 General Specifications 7.9.1)."""
    total = sum(int(d) * (3 if at % 2 == 0 else 1) for at, d in enumerate(reversed(digits)))
    return str(-total % 10)


def has_check_digit(digits: str) -> bool:
    """Tell whether the last of these figures is their check digit."""
    return digits.isascii() and digits.isdigit() and check_digit(digits[:-1]) == digits[-1]


def gtin14(text: str) -> str:
    """Return a GTIN-8, -12, -13 or -14 with fourteen figures. Raises NoKey."""
    digits = text.strip()
    if not re.fullmatch(r"[0-9]{8}|[0-9]{12,14}", digits):
        raise NoKey("a GTIN has 8, 12, 13 or 14 figures")
    if not has_check_digit(digits):
        raise NoKey("the check digit should be %(n)s", check_digit(digits[:-1]))
    return digits.zfill(14)


def gln13(text: str) -> str:
    """Return a GLN as it is written. Raises NoKey."""
    return _figures(text.strip(), 13)


def lot_key(gtin: str, lot: str) -> Key:
    """Return the key of a lot."""
    code = gtin14(gtin)
    return Key(f"{ROOT}/01/{code}/10/{_escaped(lot)}", Kind.LOT, code, lot)


def class_key(gtin: str) -> Key:
    """Return the key of a kind of goods."""
    code = gtin14(gtin)
    return Key(f"{ROOT}/01/{code}", Kind.CLASS, code)


# --- what both ways of writing share ---------------------------------------------------------


def _escaped(text: str) -> str:
    return quote(text, safe="-._~'\"<>=?;")  # Digital Link 1.2, table 7-1, and RFC 3986


def _unescaped(text: str, most: int, allowed: re.Pattern[str] = SERIAL) -> str:
    found = unquote(text)
    if not found or len(found) > most:
        raise NoKey("a serial or lot has 1 to %(n)s characters", most)
    if not allowed.fullmatch(found):
        raise NoKey("a serial or lot has a character that is not allowed")
    return found


def _figures(text: str, length: int) -> str:
    if not (len(text) == length and text.isascii() and text.isdigit()):
        raise NoKey("%(n)s figures are needed", length)
    if not has_check_digit(text):
        raise NoKey("the check digit should be %(n)s", check_digit(text[:-1]))
    return text


# --- EPC URIs (TDS 2.0, section 6) -----------------------------------------------------------


def _joined(prefix: str, reference: str, length: int) -> str:
    """Return company prefix and reference as one, seeing that they have `length` together."""
    if not PREFIX.fullmatch(prefix):
        raise NoKey("a company prefix has 6 to 12 figures")
    if len(prefix) + len(reference) != length or not (reference + prefix).isdigit():
        raise NoKey("company prefix and reference have %(n)s figures together", length)
    return prefix + reference


def _led(prefix: str, reference: str, length: int) -> str:
    """Return them with the first figure of the reference (indicator, extension) in front."""
    whole = _joined(prefix, reference, length)
    return reference[0] + whole[: len(prefix)] + reference[1:]


def _full(digits: str) -> str:
    return digits + check_digit(digits)


def _cut(body: str, count: int) -> list[str]:
    parts = body.split(".", count - 1)
    if len(parts) != count:
        raise NoKey("%(n)s parts with dots between them are needed", count)
    return parts


def _sgtin(body: str) -> Key:
    prefix, item, serial = _cut(body, 3)
    code = _full(_led(prefix, item, 13))
    part = _unescaped(serial, 20)
    return Key(f"{ROOT}/01/{code}/21/{_escaped(part)}", Kind.ITEM, code, part)


def _upui(body: str) -> Key:
    prefix, item, serial = _cut(body, 3)
    code = _full(_led(prefix, item, 13))
    part = _unescaped(serial, 28)
    return Key(f"{ROOT}/01/{code}/235/{_escaped(part)}", Kind.ITEM, code, part)


def _lgtin(body: str) -> Key:
    prefix, item, lot = _cut(body, 3)
    code = _full(_led(prefix, item, 13))
    part = _unescaped(lot, 20)
    return Key(f"{ROOT}/01/{code}/10/{_escaped(part)}", Kind.LOT, code, part)


def _sscc(body: str) -> Key:
    prefix, serial = _cut(body, 2)
    code = _full(_led(prefix, serial, 17))
    return Key(f"{ROOT}/00/{code}", Kind.UNIT, code)


def _sgln(body: str) -> Key:
    prefix, place, extension = _cut(body, 3)
    code = _full(_joined(prefix, place, 12))
    part = _unescaped(extension, 20)
    if part == "0":
        return Key(f"{ROOT}/414/{code}", Kind.PLACE, code)
    return Key(f"{ROOT}/414/{code}/254/{_escaped(part)}", Kind.PLACE, code, part)


def _pgln(body: str) -> Key:
    prefix, party = _cut(body, 2)
    code = _full(_joined(prefix, party, 12))
    return Key(f"{ROOT}/417/{code}", Kind.PARTY, code)


def _grai(body: str) -> Key:
    prefix, kind, serial = _cut(body, 3)
    code = _full("0" + _joined(prefix, kind, 12))
    part = _unescaped(serial, 16)
    return Key(f"{ROOT}/8003/{code}{_escaped(part)}", Kind.RETURNABLE, code, part)


def _giai(body: str) -> Key:
    prefix, reference = _cut(body, 2)
    if not PREFIX.fullmatch(prefix):
        raise NoKey("a company prefix has 6 to 12 figures")
    part = _unescaped(reference, 30 - len(prefix))
    return Key(f"{ROOT}/8004/{prefix}{_escaped(part)}", Kind.ASSET, prefix + part)


def _relation(ai: str) -> Callable[[str], Key]:
    def read(body: str) -> Key:
        prefix, reference = _cut(body, 2)
        code = _full(_joined(prefix, reference, 17))
        return Key(f"{ROOT}/{ai}/{code}", Kind.SERVICE, code)

    return read


def _gdti(body: str) -> Key:
    prefix, kind, serial = _cut(body, 3)
    code = _full(_joined(prefix, kind, 12))
    part = _unescaped(serial, 17)
    return Key(f"{ROOT}/253/{code}{_escaped(part)}", Kind.DOCUMENT, code, part)


def _cpi(body: str) -> Key:
    prefix, reference, serial = _cut(body, 3)
    if not PREFIX.fullmatch(prefix):
        raise NoKey("a company prefix has 6 to 12 figures")
    code = prefix + _unescaped(reference, 30 - len(prefix), COMPONENT)
    if not re.fullmatch(r"[0-9]{1,12}", serial):
        raise NoKey("the serial of a component has 1 to 12 figures")
    return Key(f"{ROOT}/8010/{_escaped(code)}/8011/{serial}", Kind.PART, code, serial)


def _sgcn(body: str) -> Key:
    prefix, coupon, serial = _cut(body, 3)
    code = _full(_joined(prefix, coupon, 12))
    if not re.fullmatch(r"[0-9]{1,12}", serial):
        raise NoKey("the serial of a coupon has 1 to 12 figures")
    return Key(f"{ROOT}/255/{code}{serial}", Kind.COUPON, code, serial)


def _ginc(body: str) -> Key:
    prefix, reference = _cut(body, 2)
    if not PREFIX.fullmatch(prefix):
        raise NoKey("a company prefix has 6 to 12 figures")
    part = _unescaped(reference, 30 - len(prefix))
    return Key(f"{ROOT}/401/{prefix}{_escaped(part)}", Kind.SHIPMENT, prefix + part)


def _gsin(body: str) -> Key:
    prefix, reference = _cut(body, 2)
    code = _full(_joined(prefix, reference, 16))
    return Key(f"{ROOT}/402/{code}", Kind.SHIPMENT, code)


def _itip(body: str) -> Key:
    prefix, item, piece, total, serial = _cut(body, 5)
    code = _full(_led(prefix, item, 13))
    if not re.fullmatch(r"[0-9]{4}", piece + total):
        raise NoKey("piece and total have two figures each")
    part = _unescaped(serial, 20)
    return Key(f"{ROOT}/8006/{code}{piece}{total}/21/{_escaped(part)}", Kind.ITEM, code, part)


def _of_class(body: str) -> Key:
    prefix, item, rest = _cut(body, 3)
    if rest != "*":
        raise NoKey("only patterns that leave the serial open are understood")
    code = _full(_led(prefix, item, 13))
    return Key(f"{ROOT}/01/{code}", Kind.CLASS, code)


_EPC: dict[str, Callable[[str], Key]] = {
    "id:sgtin": _sgtin, "id:upui": _upui, "id:sscc": _sscc, "id:sgln": _sgln, "id:pgln": _pgln,
    "id:grai": _grai, "id:giai": _giai, "id:gsrn": _relation("8018"),
    "id:gsrnp": _relation("8017"), "id:gdti": _gdti, "id:cpi": _cpi, "id:sgcn": _sgcn,
    "id:ginc": _ginc, "id:gsin": _gsin, "id:itip": _itip, "class:lgtin": _lgtin,
    "idpat:sgtin": _of_class,
}  # fmt: skip


# --- GS1 Digital Link ------------------------------------------------------------------------


def _split(code: str, length: int) -> tuple[str, str]:
    """Return the figures at the front of a value, and the serial behind them."""
    return _figures(code[:length], length), unquote(code[length:])


def _of_gtin(code: str, more: dict[str, str]) -> Key:
    gtin = gtin14(code)
    if "21" in more:
        part = _unescaped(more["21"], 20)
        return Key(f"{ROOT}/01/{gtin}/21/{_escaped(part)}", Kind.ITEM, gtin, part)
    if "235" in more:
        part = _unescaped(more["235"], 28)
        return Key(f"{ROOT}/01/{gtin}/235/{_escaped(part)}", Kind.ITEM, gtin, part)
    if "10" in more:
        part = _unescaped(more["10"], 20)
        return Key(f"{ROOT}/01/{gtin}/10/{_escaped(part)}", Kind.LOT, gtin, part)
    return Key(f"{ROOT}/01/{gtin}", Kind.CLASS, gtin)


def _of_place(code: str, more: dict[str, str]) -> Key:
    gln = _figures(code, 13)
    if "254" in more:
        part = _unescaped(more["254"], 20)
        return Key(f"{ROOT}/414/{gln}/254/{_escaped(part)}", Kind.PLACE, gln, part)
    return Key(f"{ROOT}/414/{gln}", Kind.PLACE, gln)


def _plain(ai: str, kind: Kind, length: int) -> Callable[[str, dict[str, str]], Key]:
    def read(code: str, more: dict[str, str]) -> Key:
        return Key(f"{ROOT}/{ai}/{_figures(code, length)}", kind, code)

    return read


def _with_serial(ai: str, kind: Kind, length: int) -> Callable[[str, dict[str, str]], Key]:
    def read(code: str, more: dict[str, str]) -> Key:
        figures, part = _split(code, length)
        return Key(f"{ROOT}/{ai}/{figures}{_escaped(part)}", kind, figures, part)

    return read


def _free(ai: str, kind: Kind) -> Callable[[str, dict[str, str]], Key]:
    def read(code: str, more: dict[str, str]) -> Key:
        part = _unescaped(code, 30)
        return Key(f"{ROOT}/{ai}/{_escaped(part)}", kind, part)

    return read


def _of_piece(code: str, more: dict[str, str]) -> Key:
    if not re.fullmatch(r"[0-9]{18}", code):
        raise NoKey("%(n)s figures are needed", 18)
    gtin = gtin14(code[:14])
    end = f"{ROOT}/8006/{code}"
    if "21" in more:
        part = _unescaped(more["21"], 20)
        return Key(f"{end}/21/{_escaped(part)}", Kind.ITEM, gtin, part)
    if "10" in more:
        part = _unescaped(more["10"], 20)
        return Key(f"{end}/10/{_escaped(part)}", Kind.LOT, gtin, part)
    return Key(end, Kind.CLASS, gtin)


def _of_component(code: str, more: dict[str, str]) -> Key:
    name = _unescaped(code, 30, COMPONENT)
    end = f"/8011/{more['8011']}" if "8011" in more else ""
    return Key(f"{ROOT}/8010/{_escaped(name)}{end}", Kind.PART, name, more.get("8011", ""))


_LINK: dict[str, Callable[[str, dict[str, str]], Key]] = {
    "00": _plain("00", Kind.UNIT, 18), "01": _of_gtin,
    "253": _with_serial("253", Kind.DOCUMENT, 13),
    "255": _with_serial("255", Kind.COUPON, 13), "401": _free("401", Kind.SHIPMENT),
    "402": _plain("402", Kind.SHIPMENT, 17), "414": _of_place, "417": _plain("417", Kind.PARTY, 13),
    "8003": _with_serial("8003", Kind.RETURNABLE, 14), "8004": _free("8004", Kind.ASSET),
    "8006": _of_piece, "8010": _of_component, "8017": _plain("8017", Kind.SERVICE, 18),
    "8018": _plain("8018", Kind.SERVICE, 18),
}  # fmt: skip
_WORDS = {"sscc": "00", "gtin": "01", "gln": "414", "party": "417", "lot": "10", "ser": "21"}


def _link(text: str) -> Key | None:
    parts = [part for part in urlsplit(text).path.split("/") if part]
    for at, name in enumerate(parts[:-1]):
        ai = _WORDS.get(name, name)
        if ai in _LINK:
            rest = parts[at + 2 :]
            if len(rest) % 2 or not all(_WORDS.get(n, n).isdigit() for n in rest[::2]):
                return None  # an address that only looks like one
            pairs = zip(rest[::2], rest[1::2], strict=True)
            more = {_WORDS.get(name, name): value for name, value in pairs}
            return _LINK[ai](parts[at + 1], more)
    return None


@lru_cache(maxsize=65_536)
def key(text: str) -> Key:
    """Read an identifier of an event.

    What is neither an EPC URI nor a GS1 Digital Link is taken as it stands: EPCIS allows private
    URIs everywhere.

    Raises
    ------
    NoKey
        If it is written as a key of GS1 and is none: wrong figures, length or check digit.
    """
    if text.startswith("urn:epc:"):
        space, _colon, rest = text[8:].partition(":")
        scheme, _colon, body = rest.partition(":")
        if (read := _EPC.get(f"{space}:{scheme}")) is not None:
            return read(body)
        return Key(text)
    if text.startswith(("https://", "http://")):
        found = _link(text)
        if found is not None:
            return found
    return Key(text)
