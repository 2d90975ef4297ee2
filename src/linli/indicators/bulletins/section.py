"""What packs say of bulletins: which blocks, in which order, under which titles.

    [[bulletin]]
    code = "month"               # of which kind of period: day, week or month
    name = "平湖市基层治理月报"
    issuer = "平湖市社会治理中心"
    [[bulletin.blocks]]
    show = "numbers"
    title = "一、主要数据"
    figures = ["received", "on_time", "overdue-now"]

A kind of period that no pack names has the blocks of `USUAL`.
"""

from typing import Annotated, Any, Literal

from django.utils.translation import get_language
from django.utils.translation import gettext as _
from pydantic import Field, StringConstraints

from linli import rows
from linli.indicators.bulletins.counted import COUNTED, LYING
from linli.indicators.bulletins.models import BulletinTemplate
from linli.indicators.grammar import IndicatorEntry
from linli.rows import Counts
from linli.sections import Declaration, EnglishName, Entry, Faults, Name, Read, check_codes

Kind = Literal["day", "week", "month"]
Show = Literal["numbers", "changes", "asks", "chart", "map", "league", "indicators", "text"]
Contest = Literal["grids", "departments", "teams"]
Title = Annotated[str, StringConstraints(max_length=120, strip_whitespace=True)]
Text = Annotated[str, StringConstraints(max_length=2000, strip_whitespace=True)]
Code = Annotated[str, StringConstraints(min_length=1, max_length=60)]
MOST_LINES = 10
# Which keys stand with which block, beside its title; what is needed stands first.
KEYS = {
    "numbers": ("figures",), "chart": ("figure",), "map": ("figure",),
    "league": ("contest", "lines"), "changes": ("lines",), "asks": ("lines",),
    "indicators": ("indicators", "lines"), "text": ("text", "text_en"),
}  # fmt: skip
NEEDED = {"league": "contest", "text": "text"}
# What may be drawn on the map or as columns: what is counted, not a rate.
COUNTS = tuple(name for name, one in COUNTED.items() if not one.of)


class BlockEntry(Declaration):
    """A `[[bulletin.blocks]]`: what it shows, and its title where the usual one is not meant."""

    show: Show
    title: Title = ""
    title_en: EnglishName = ""
    figures: Annotated[list[Code], Field(max_length=20)] = []
    figure: str = ""
    contest: Contest | None = None
    lines: Annotated[int, Field(ge=1, le=MOST_LINES)] | None = None
    indicators: Annotated[list[Code], Field(max_length=30)] = []
    text: Text = ""
    text_en: Text = ""

    def said(self, name: str) -> str:
        """Return a text in the language of the reader, "" if there is none."""
        return said(self, name)


class BulletinEntry(Declaration):
    """A `[[bulletin]]` of a pack."""

    code: Kind
    name: Name
    name_en: EnglishName = ""
    issuer: Title = ""
    issuer_en: EnglishName = ""
    blocks: Annotated[list[BlockEntry], Field(min_length=1, max_length=30)]


USUAL = tuple(
    BlockEntry.model_validate(one)
    for one in (
        {"show": "numbers"}, {"show": "changes"}, {"show": "asks"}, {"show": "chart"},
        {"show": "map"}, {"show": "league", "contest": "grids"},
        {"show": "league", "contest": "departments"}, {"show": "league", "contest": "teams"},
        {"show": "indicators"},
    )
)  # fmt: skip


def said(entry: Any, name: str) -> str:
    """Return a text of an entry in the language of the reader."""
    english = (get_language() or "").startswith("en")
    return (english and getattr(entry, f"{name}_en")) or getattr(entry, name)


def check(read: Read, faults: Faults) -> None:
    """Note blocks that show what there is not, or say what no such block can mean."""
    table = read.of(BulletinEntry)
    check_codes(table, faults)
    for entry in table.entries:
        for position, block in enumerate(entry.value.blocks):
            _check_block(entry, position, block, read, faults)


def _check_block(
    entry: Entry[BulletinEntry], position: int, block: BlockEntry, read: Read, faults: Faults
) -> None:
    def tell(key: str, what: str) -> None:
        faults.tell(entry, ("blocks", position, key), what)

    known = KEYS[block.show]
    for key in sorted(block.model_fields_set - {"show", "title", "title_en", *known}):
        tell(key, _("means nothing in a block that shows “%(show)s”; there are: %(known)s.")
             % {"show": block.show, "known": ", ".join(("title", "title_en", *known))})  # fmt: skip
    needed = NEEDED.get(block.show)
    if needed and not getattr(block, needed):
        tell(needed, _("a block that shows “%(show)s” needs it.") % {"show": block.show})
    for name in block.figures:
        if name not in COUNTED and name not in LYING:
            tell("figures", _("“%(given)s” is not one of: %(known)s.")
                 % {"given": name, "known": ", ".join([*COUNTED, *LYING])})  # fmt: skip
    if block.figure and block.figure not in COUNTS:
        tell("figure", _("“%(given)s” is not one of: %(known)s.")
             % {"given": block.figure, "known": ", ".join(COUNTS)})  # fmt: skip
    for code in block.indicators:
        if not read.of(IndicatorEntry).knows(code):
            tell("indicators", _("“%(code)s” is not known here.") % {"code": code})


def obstacles(read: Read, faults: Faults) -> None:
    """Nothing holds a template: what was issued after it is kept as it was issued."""


def write(read: Read) -> dict[str, Counts]:
    """Write the templates; what is made from now on follows them."""
    wanted: dict[str, dict[str, Any]] = {
        str(entry.value.code): {
            "name": entry.value.name, "name_en": entry.value.name_en, "pack": entry.pack,
            "definition": entry.value.model_dump(mode="json", exclude_unset=True),
            "retired": False,
        }
        for entry in read.of(BulletinEntry).entries
    }  # fmt: skip
    _rows, counts = rows.bring(BulletinTemplate, wanted)
    return {"bulletins": counts}


def clear(read: Read) -> dict[str, Counts]:
    """Take away templates no pack names any longer."""
    return {"bulletins": rows.clear(BulletinTemplate, read.of(BulletinEntry).by())}
