"""Words of the Core Business Vocabulary (CBV 2.0), in the three ways they are written.

`shipping`, `urn:epcglobal:cbv:bizstep:shipping` and `https://ref.gs1.org/cbv/BizStep-shipping`
are the same word. We keep the first; the hash of an event wants the last.
"""

from functools import cache
from typing import Any

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

CBV = "https://ref.gs1.org/cbv/"
VOC = "https://gs1.org/voc/"
EPCIS = "https://ref.gs1.org/epcis/"
# What the prefixes of compact URIs stand for without being declared in the context.
CURIES = {"cbv": CBV, "gs1": VOC, "epcis": EPCIS}

# Kind of word → (the end of the old URN, the beginning of the web address).
_WAYS = {
    "bizStep": ("bizstep", f"{CBV}BizStep-"),
    "disposition": ("disp", f"{CBV}Disp-"),
    "bizTransaction": ("btt", f"{CBV}BTT-"),
    "sourceDest": ("sdt", f"{CBV}SDT-"),
    "reason": ("er", f"{CBV}ER-"),
    "component": ("comp", f"{CBV}Comp-"),
}
TYPES = (
    "ObjectEvent", "AggregationEvent", "TransactionEvent", "TransformationEvent",
    "AssociationEvent",
)  # fmt: skip
ACTIONS = ("ADD", "OBSERVE", "DELETE")


@cache
def plain(kind: str, word: str) -> str:
    """Return a word as we keep it: bare if it is of the CBV, else as it stands."""
    urn, web = _WAYS[kind]
    for start in (f"urn:epcglobal:cbv:{urn}:", web, f"cbv:{web.rsplit('/', 1)[1]}",
                  f"https://ns.gs1.org/cbv/{web.rsplit('/', 1)[1]}"):  # fmt: skip
        if word.startswith(start):
            return word[len(start) :]
    return word


@cache
def web(kind: str, word: str) -> str:
    """Return the web address of a word, or the word itself where it is none of the CBV."""
    bare = plain(kind, word)
    return bare if ":" in bare else _WAYS[kind][1] + bare


def voc(word: str) -> str:
    """Return the web address of a word of the GS1 Web Vocabulary."""
    if word.startswith("gs1:"):
        return VOC + word[4:]
    return word if ":" in word else VOC + word


STEPS: dict[str, str | Promise] = {
    "accepting": _("Accepting"), "arriving": _("Arriving"), "assembling": _("Assembling"),
    "collecting": _("Collecting"), "commissioning": _("Making or marking"),
    "consigning": _("Handing over"), "creating_class_instance": _("Making a lot"),
    "cycle_counting": _("Counting"), "decommissioning": _("Taking out of use"),
    "departing": _("Departing"), "destroying": _("Destroying"),
    "disassembling": _("Taking apart"), "dispensing": _("Handing out"),
    "encoding": _("Encoding"), "entering_exiting": _("Entering or leaving"),
    "holding": _("Holding back"), "inspecting": _("Inspecting"), "installing": _("Building in"),
    "killing": _("Ending a tag"), "loading": _("Loading"), "other": _("Other"),
    "packing": _("Packing"), "picking": _("Picking"), "receiving": _("Receiving"),
    "removing": _("Removing"), "repackaging": _("Repacking"), "repairing": _("Repairing"),
    "replacing": _("Replacing"), "reserving": _("Reserving"),
    "retail_selling": _("Selling"), "sampling": _("Taking samples"),
    "sensor_reporting": _("Measuring"), "shipping": _("Shipping"),
    "staging_outbound": _("Making ready to leave"), "stock_taking": _("Stock-taking"),
    "stocking": _("Putting on shelves"), "storing": _("Storing"),
    "transporting": _("Transporting"), "unloading": _("Unloading"), "unpacking": _("Unpacking"),
    "void_shipping": _("Taking back a shipment"),
}  # fmt: skip
DISPOSITIONS: dict[str, str | Promise] = {
    "active": _("In use"), "available": _("Available"), "unavailable": _("Not available"),
    "in_progress": _("In progress"), "in_transit": _("On its way"), "recalled": _("Recalled"),
    "damaged": _("Damaged"), "destroyed": _("Destroyed"), "expired": _("Expired"),
    "returned": _("Returned"), "retail_sold": _("Sold"), "conformant": _("Conforming"),
    "non_conformant": _("Not conforming"), "container_closed": _("Container closed"),
    "container_open": _("Container open"), "sellable_accessible": _("For sale"),
    "sellable_not_accessible": _("For sale, not on shelves"), "unknown": _("Unknown"),
    "non_sellable_other": _("Not for sale"), "needs_replacement": _("Needs replacement"),
    "inactive": _("Not in use"), "reserved": _("Reserved"), "disposed": _("Disposed of"),
    "stolen": _("Stolen"),
}  # fmt: skip


def said(word: str) -> Any:
    """Return a business step or disposition in the language of the page."""
    return STEPS.get(word) or DISPOSITIONS.get(word) or word.rsplit("/", 1)[-1].rsplit(":", 1)[-1]
