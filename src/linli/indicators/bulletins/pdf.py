"""A bulletin as PDF, with its font inside, so that it reads the same on every machine.

The font is Noto Serif CJK SC cut down to GB 2312 (`tools/pdf_font.py`); only the letters that
stand in a bulletin go into its file. A letter that the font lacks is written in STSong-Light,
which viewers bring along.
"""

import gzip
from collections.abc import Sequence
from functools import partial
from io import BytesIO
from itertools import groupby
from pathlib import Path
from threading import Lock
from typing import Any
from xml.sax.saxutils import escape, quoteattr

from django.utils.translation import get_language
from django.utils.translation import gettext as _

from linli.indicators.bulletins import printing, saying
from linli.indicators.bulletins.document import (
    Bulletin,
    Chart,
    Map,
    Number,
    Numbers,
    Ranking,
    Sentences,
    Words,
)

FONT, RARE = "LinliSerif", "STSong-Light"
FILE = Path(__file__).parent / "fonts" / "serif.ttf.gz"
LAKE, INK, HAIR, FADED, SEAL = "#2f6f7e", "#1f2a30", "#b9b5a8", "#56636a", "#c23b22"
WIDE = 16.2  # centimetres between the margins
_lock = Lock()


def write(told: Bulletin, site: str) -> bytes:
    """Return the bytes of a .pdf; `site` goes before every link, and without one there is none."""
    return _Paper(site).written(told)


def font() -> Any:
    """Return the font, made known to reportlab when it is first asked for."""
    from reportlab.pdfbase import pdfmetrics
    from reportlab.pdfbase.cidfonts import UnicodeCIDFont
    from reportlab.pdfbase.ttfonts import TTFont

    with _lock:
        if FONT not in pdfmetrics.getRegisteredFontNames():
            pdfmetrics.registerFont(UnicodeCIDFont(RARE))
            pdfmetrics.registerFont(TTFont(FONT, BytesIO(gzip.decompress(FILE.read_bytes()))))
    return pdfmetrics.getFont(FONT)


class _Paper:
    def __init__(self, site: str) -> None:
        from reportlab.lib.styles import ParagraphStyle

        self.site, self.story, self.letters = site, list[Any](), font().face.charToGlyph
        plain = ParagraphStyle("plain", fontName=FONT, fontSize=10.5, leading=16, textColor=INK,
                               wordWrap="CJK")  # fmt: skip
        right = {"parent": plain, "alignment": 2}
        self.styles = {
            "plain": plain,
            "right": ParagraphStyle("right", **right),
            "small": ParagraphStyle("small", plain, fontSize=8.5, leading=12.5, textColor=FADED),
            "small-right": ParagraphStyle("small-right", fontSize=8.5, leading=14,
                                          textColor=FADED, **right),
            "number": ParagraphStyle("number", plain, alignment=1, spaceAfter=10),
            "head": ParagraphStyle("head", plain, fontSize=13, leading=19, spaceBefore=14,
                                   spaceAfter=4, keepWithNext=1),
            "point": ParagraphStyle("point", plain, leftIndent=16, firstLineIndent=-16,
                                    spaceAfter=2),
        }  # fmt: skip

    def written(self, told: Bulletin) -> bytes:
        from reportlab.lib.pagesizes import A4
        from reportlab.lib.units import cm
        from reportlab.platypus import SimpleDocTemplate

        self._head(told)
        writers: dict[type[Any], Any] = {
            Numbers: self._numbers, Chart: self._chart, Map: self._map, Ranking: self._ranking,
            Sentences: self._sentences, Words: self._words,
        }  # fmt: skip
        for block in told.blocks:
            self._say(block.title, "head")
            writers[type(block)](block)
        out = BytesIO()
        side = (21 - WIDE) / 2 * cm - 6  # a frame of reportlab keeps six points to itself
        paper = SimpleDocTemplate(
            out, pagesize=A4, title=f"{told.title} {told.words}", author=told.issuer,
            subject=told.words, lang=get_language() or "", leftMargin=side, rightMargin=side,
            topMargin=2 * cm, bottomMargin=2 * cm,
        )  # fmt: skip
        foot = partial(_foot, f"{told.title} · {told.words}")
        paper.build(self.story, onFirstPage=foot, onLaterPages=foot)
        return out.getvalue()

    # --- what stands on paper ----------------------------------------------------------------

    def _head(self, told: Bulletin) -> None:
        """Write the head of an official bulletin: title and line in red, number, who and when."""
        from reportlab.platypus import HRFlowable

        self.story.append(printing.title(told.title, WIDE, FONT, SEAL))
        self._say(told.number, "number")
        self._table(
            [[self._text(told.issuer), self._text(saying.head(told), "right")]], (0.4, 0.6), False
        )
        self.story.append(HRFlowable("100%", 1.6, color=SEAL, spaceBefore=3, spaceAfter=4))
        self._say(told.note, "small")

    def _numbers(self, block: Numbers) -> None:
        """Write figures in two columns, so that a page holds them all."""
        half = (len(block.numbers) + 1) // 2
        heads = [self._text("", "small"), self._text(_("Value"), "small-right"),
                 self._text(block.against, "small-right")]  # fmt: skip
        rows = [[*heads, "", *(heads if len(block.numbers) > 1 else [""] * 3)]]
        for at in range(half):
            right = block.numbers[at + half] if at + half < len(block.numbers) else None
            rows.append([*self._number(block.numbers[at]), "", *self._number(right)])
        self._table(rows, (0.2, 0.12, 0.155, 0.05, 0.2, 0.12, 0.155), gap=3)

    def _number(self, one: Number | None) -> list[Any]:
        if one is None:
            return ["", "", ""]
        return [self._text(one.label), self._text(one.value, "right", one.link),
                self._text(saying.change(one), "small-right")]  # fmt: skip

    def _chart(self, block: Chart) -> None:
        self.story.append(printing.columns(block, self.site, FONT))

    def _map(self, block: Map) -> None:
        beside = [self._text(saying.shades(block), "small"), self._text("")] if block.limits else []
        beside += [self._text(one.text, "plain", one.link) for one in saying.busiest(block)]
        self._table([[printing.ground(block), beside]], (0.66, 0.34), lined=False)

    def _ranking(self, block: Ranking) -> None:
        rows: list[list[Any]] = [
            [self._text(_("Rank"), "small"), self._text(_("Who"), "small"),
             self._text(_("Score"), "small-right"), self._text("")]
        ]  # fmt: skip
        for one in saying.lines(block):
            if one is None:
                rows.append([self._text("…"), "", "", ""])
                continue
            rows.append([
                self._text(f"{one.rank} ({one.between})"), self._text(one.name),
                self._text(one.score, "right", one.link),
                self._text(saying.move(one), "small-right"),
            ])  # fmt: skip
        self._table(rows, (0.2, 0.46, 0.14, 0.2))
        self._say(_("The whole league"), "plain", block.link)

    def _sentences(self, block: Sentences) -> None:
        for n, one in enumerate(block.sentences, 1):
            self._say(f"{n}. {one.text}", "point", one.link)
        if block.sentences:
            self._say(block.rule, "small")
        else:
            self._say(block.none)

    def _words(self, block: Words) -> None:
        for line in block.text.splitlines():
            self._say(line)

    # --- how it is set -----------------------------------------------------------------------

    def _text(self, text: str, style: str = "plain", link: str = "") -> Any:
        from reportlab.platypus import Paragraph

        marked = self._marked(text)
        if link and self.site:
            marked = f'<a href={quoteattr(self.site + link)} color="{LAKE}">{marked}</a>'
        return Paragraph(marked, self.styles[style])

    def _marked(self, text: str) -> str:
        """Mark letters that the font lacks, so that they stand in the other one."""
        parts = []
        for is_there, run in groupby(text, key=lambda letter: ord(letter) in self.letters):
            words = escape("".join(run))
            parts.append(words if is_there else f'<font name="{RARE}">{words}</font>')
        return "".join(parts)

    def _say(self, text: str, style: str = "plain", link: str = "") -> None:
        if text:
            self.story.append(self._text(text, style, link))

    def _table(self, rows: list[list[Any]], parts: Sequence[float], lined: bool = True,
               gap: int | None = None) -> None:  # fmt: skip
        from reportlab.lib.units import cm
        from reportlab.platypus import Table

        spans = [(0, -1)] if gap is None else [(0, gap - 1), (gap + 1, -1)]
        lines = [("LINEBELOW", (a, 0), (b, -1), 0.4, HAIR) for a, b in spans] if lined else []
        self.story.append(
            Table(rows, [part * WIDE * cm for part in parts], repeatRows=1, hAlign="LEFT", style=[
                *lines, ("VALIGN", (0, 0), (-1, -1), "BOTTOM" if lined else "TOP"),
                ("LEFTPADDING", (0, 0), (-1, -1), 0), ("RIGHTPADDING", (0, 0), (-1, -1), 0),
                ("TOPPADDING", (0, 0), (-1, -1), 2), ("BOTTOMPADDING", (0, 0), (-1, -1), 4),
            ])
        )  # fmt: skip


def _foot(words: str, canvas: Any, paper: Any) -> None:
    canvas.setFont(FONT, 8)
    canvas.setFillColor(FADED)
    canvas.drawString(paper.leftMargin + 6, 28, words)
    right = paper.pagesize[0] - paper.rightMargin - 6
    canvas.drawRightString(right, 28, f"– {canvas.getPageNumber()} –")
