"""The hash of an event (CBV 2.0, 8.9): the same for the same event, however it is written.

All that was said is brought to one text in a fixed order (identifiers as canonical Digital Links,
words as web addresses, moments in UTC to the millisecond, numbers without idle zeros); its
SHA-256 makes the event's own name, `ni:///sha-256;…?ver=CBV2.0`. What only tells of recording
(`recordTime`, `eventID`, an error declaration) takes no part.
"""

from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from hashlib import sha256
from typing import Any

from linli.engines.gs1 import NoKey, key
from linli.logistics.chain.epcis.vocabulary import CURIES, voc, web

Event = Mapping[str, Any]
UNSAID = frozenset({"recordTime", "eventID", "type", "errorDeclaration", "@context", "id"})
MOMENTS = ("time", "startTime", "endTime")
METADATA = (*MOMENTS, "deviceID", "deviceMetadata", "rawData", "dataProcessingMethod", "bizRules")
REPORT = (
    "type", "exception", "deviceID", "deviceMetadata", "rawData", "dataProcessingMethod", "time",
    "microorganism", "chemicalSubstance", "value", "component", "stringValue", "booleanValue",
    "hexBinaryValue", "uriValue", "minValue", "maxValue", "meanValue", "sDev", "percRank",
    "percValue", "uom", "coordinateReferenceSystem",
)  # fmt: skip


def moment(text: str) -> datetime:
    """Read a moment of an event. Raises ValueError if it is none or names no zone."""
    found = datetime.fromisoformat(text)
    if found.tzinfo is None:
        raise ValueError("a moment needs a zone")
    return found.astimezone(UTC)


def _utc(text: str) -> str:
    try:
        return moment(text).isoformat(timespec="milliseconds")[:-6] + "Z"
    except ValueError:
        return text


def _number(value: float) -> str:
    return str(int(value)) if float(value).is_integer() else repr(float(value))


class _Namer:
    """Spells the names and values of one event out, by the prefixes its context declares."""

    def __init__(self, prefixes: Mapping[str, str]) -> None:
        self.prefixes = {**CURIES, **prefixes}

    def name(self, text: str) -> str:
        """Spell the name of an extension out: `{namespace}local`."""
        start, colon, rest = text.partition(":")
        if colon and start in self.prefixes:
            return f"{{{self.prefixes[start]}}}{rest}"
        return text

    def value(self, value: Any) -> str:
        """Return one value as the text has it."""
        if isinstance(value, bool):
            return "true" if value else "false"
        if isinstance(value, int | float):
            return _number(value)
        text = str(value).strip()
        start, colon, rest = text.partition(":")
        if colon and start in self.prefixes:
            text = self.prefixes[start] + rest
        if text[:1].isdigit() or text[:1] in "+-.":
            try:
                return _number(float(text))
            except (ValueError, OverflowError):
                return text
        if text.startswith(("urn:epc:", "http")):
            try:
                return key(text).uri
            except NoKey:
                return text
        return text

    def extensions(self, found: Mapping[str, Any]) -> str:
        """Return what a context of the user's own says, sorted, each with what stands in it."""
        return "".join(sorted(
            text for name, value in found.items()
            for text in self._extension(self.name(name), value)
        ))  # fmt: skip

    def _extension(self, name: str, value: Any) -> list[str]:
        if isinstance(value, list):
            return [text for each in value for text in self._extension(name, each)]
        if isinstance(value, Mapping):
            told = {k: v for k, v in value.items() if k not in ("#text", "rdfs:comment")}
            own = f"={self.value(value['#text'])}" if "#text" in value else ""
            return [name + own + self.extensions(told)]
        return [f"{name}={self.value(value)}"]


def prefixes_of(context: Any) -> dict[str, str]:
    """Return the prefixes that a JSON-LD context declares."""
    found: dict[str, str] = {}
    for part in context if isinstance(context, list) else [context]:
        if isinstance(part, Mapping):
            found.update({k: v for k, v in part.items() if isinstance(v, str)})
    return found


def text_of(event: Event, prefixes: Mapping[str, str] | None = None) -> str:
    """Return the one text of an event, before it is hashed."""
    own = prefixes_of(event.get("@context")) if "@context" in event else {}
    namer = _Namer({**(prefixes or {}), **own})
    parts = [f"eventType={event['type']}", f"eventTime={_utc(event['eventTime'])}",
             f"eventTimeZoneOffset={event['eventTimeZoneOffset']}"]  # fmt: skip
    for name, write in _ORDER:
        value = event.get(name)
        if value not in (None, "", [], {}):
            parts.append(write(namer, name, value))
    rest = {k: v for k, v in event.items() if k not in _KNOWN}
    return "".join(parts) + (namer.extensions(rest) if rest else "")


def hash_of(event: Event, prefixes: Mapping[str, str] | None = None) -> str:
    """Return the SHA-256 of an event in hexadecimal figures."""
    return sha256(text_of(event, prefixes).encode()).hexdigest()


def name_of(digest: str) -> str:
    """Return the event's own name, made of its hash."""
    return f"ni:///sha-256;{digest}?ver=CBV2.0"


# --- how each part is written ----------------------------------------------------------------


def _one(namer: _Namer, name: str, value: Any) -> str:
    return f"{name}={namer.value(value)}"


def _many(namer: _Namer, name: str, value: Any) -> str:
    found = value if isinstance(value, list) else [value]
    return "".join(sorted(f"{name}={namer.value(each)}" for each in found))


def _epcs(namer: _Namer, name: str, value: Any) -> str:
    return name + "".join(sorted(f"epc={namer.value(each)}" for each in value))


def _quantities(namer: _Namer, name: str, value: Any) -> str:
    told = [
        "quantityElement" + "".join(
            _one(namer, part, each[part]) for part in ("epcClass", "quantity", "uom")
            if part in each
        )
        for each in value
    ]  # fmt: skip
    return name + "".join(sorted(told))


def _word(kind: str) -> Callable[[_Namer, str, Any], str]:
    return lambda namer, name, value: f"{name}={web(kind, value)}"


def _persistent(namer: _Namer, name: str, value: Any) -> str:
    told = "".join(
        "".join(sorted(f"{part}={web('disposition', each)}" for each in value.get(part, ())))
        for part in ("set", "unset")
    )
    return name + told


def _place(namer: _Namer, name: str, value: Any) -> str:
    more = {k: v for k, v in value.items() if k != "id"}
    return f"{name}id={namer.value(value['id'])}" + namer.extensions(more)


def _typed(kind: str, name: str) -> Callable[[_Namer, str, Any], str]:
    def write(namer: _Namer, list_name: str, value: Any) -> str:
        told = [
            f"{name}={namer.value(each[name])}"
            + (f"type={web(kind, each['type'])}" if "type" in each else "")
            for each in value
        ]
        return list_name + "".join(sorted(told))

    return write


def _measured(namer: _Namer, part: str, value: Any) -> str:
    if part in MOMENTS:
        return f"{part}={_utc(value)}"
    if part in ("type", "exception"):
        return f"{part}={voc(value)}"
    if part == "component":
        return f"{part}={web('component', value)}"
    return _one(namer, part, value)


def _inner(namer: _Namer, name: str, value: Any, order: tuple[str, ...]) -> str:
    told = "".join(_measured(namer, part, value[part]) for part in order if part in value)
    return name + told + namer.extensions({k: v for k, v in value.items() if k not in order})


def _sensors(namer: _Namer, name: str, value: Any) -> str:
    told = []
    for each in value:
        reports = sorted(
            _inner(namer, "sensorReport", one, REPORT) for one in each.get("sensorReport", ())
        )
        about = each.get("sensorMetadata")
        more = {k: v for k, v in each.items()
                if k not in ("type", "sensorMetadata", "sensorReport")}  # fmt: skip
        told.append(
            "sensorElement"
            + (_inner(namer, "sensorMetadata", about, METADATA) if about else "")
            + "".join(reports) + namer.extensions(more)
        )  # fmt: skip
    return name + "".join(sorted(told))


def _ilmd(namer: _Namer, name: str, value: Any) -> str:
    return name + namer.extensions(value)


_ORDER: tuple[tuple[str, Callable[[_Namer, str, Any], str]], ...] = (
    ("certificationInfo", _many), ("parentID", _one), ("epcList", _epcs),
    ("inputEPCList", _epcs), ("childEPCs", _epcs), ("quantityList", _quantities),
    ("childQuantityList", _quantities), ("inputQuantityList", _quantities),
    ("outputEPCList", _epcs), ("outputQuantityList", _quantities), ("action", _one),
    ("transformationID", _one), ("bizStep", _word("bizStep")),
    ("disposition", _word("disposition")), ("persistentDisposition", _persistent),
    ("readPoint", _place), ("bizLocation", _place),
    ("bizTransactionList", _typed("bizTransaction", "bizTransaction")),
    ("sourceList", _typed("sourceDest", "source")),
    ("destinationList", _typed("sourceDest", "destination")), ("sensorElementList", _sensors),
    ("ilmd", _ilmd),
)  # fmt: skip
_KNOWN = {name for name, _write in _ORDER} | UNSAID | {"eventTime", "eventTimeZoneOffset"}
