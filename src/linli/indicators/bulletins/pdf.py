"""A bulletin as PDF: Chinese in the font every viewer brings along (STSong-Light), as text."""

import re
from collections.abc import Sequence
from io import BytesIO
from typing import Any
from xml.sax.saxutils import escape, quoteattr

from django.utils.translation import gettext as _

from linli.indicators.bulletins import pictures, saying
from linli.indicators.bulletins.document import Bulletin, Number, Ranking, Sentence

CHINESE, LATIN = "STSong-Light", "Helvetica"
LAKE, INK, HAIR, FADED = "#2f6f7e", "#1f2a30", "#b9b5a8", "#56636a"
# What the Latin font can draw, so that figures and names do not stand in wide letters.
_LATIN = re.compile(r"[\x20-\x7e±·–]+")


def write(told: Bulletin, site: str) -> bytes:
    """Return the bytes of a .pdf; `site` goes before every link."""
    return _Paper(site).written(told)


class _Paper:
    def __init__(self, site: str) -> None:
        from reportlab.lib.styles import ParagraphStyle
        from reportlab.pdfbase import pdfmetrics
        from reportlab.pdfbase.cidfonts import UnicodeCIDFont

        if CHINESE not in pdfmetrics.getRegisteredFontNames():
            pdfmetrics.registerFont(UnicodeCIDFont(CHINESE))
        self.site, self.story = site, list[Any]()
        plain = ParagraphStyle("plain", fontName=CHINESE, fontSize=10, leading=15, textColor=INK,
                               wordWrap="CJK")  # fmt: skip
        self.styles = {
            "plain": plain,
            "small": ParagraphStyle("small", plain, fontSize=8.5, leading=12, textColor=FADED),
            "title": ParagraphStyle("title", plain, fontSize=22, leading=30, spaceAfter=4),
            "head": ParagraphStyle("head", plain, fontSize=13, leading=18, spaceBefore=14,
                                   spaceAfter=4, keepWithNext=1),
        }  # fmt: skip

    def written(self, told: Bulletin) -> bytes:
        from reportlab.lib.pagesizes import A4
        from reportlab.lib.units import cm
        from reportlab.platypus import SimpleDocTemplate

        self._say(told.title, "title")
        self._say(saying.head(told), "small")
        if told.note:
            self._say(told.note, "small")
        self._numbers(_("Numbers"), told.numbers)
        if told.chart:
            self._say(told.chart.title, "head")
            self._picture(pictures.columns(told.chart), 16)
            self._say(_("The cases of the last column"), "plain", told.chart.link)
        self._sentences(_("Changed most"), told.changes, told.rule, saying.no_change())
        self._sentences(_("Needs a leader"), told.asks, "", saying.no_ask())
        if told.map:
            self._say(told.map.title, "head")
            self._picture(pictures.ground(told.map), 10)
            self._say(saying.shades(told.map), "small")
            for one in saying.busiest(told.map):
                self._say(one.text, "plain", one.link)
        for ranking in told.rankings:
            self._ranking(ranking)
        if told.indicators:
            self._numbers(_("Indicators"), told.indicators, _("against a year before"))
        out = BytesIO()
        paper = SimpleDocTemplate(
            out, pagesize=A4, title=f"{told.title} {told.words}", author=told.town,
            leftMargin=2.4 * cm, rightMargin=2.4 * cm, topMargin=2 * cm, bottomMargin=2 * cm,
        )  # fmt: skip
        paper.build(self.story, onFirstPage=_number, onLaterPages=_number)
        return out.getvalue()

    def _text(self, text: str, style: str = "plain", link: str = "") -> Any:
        from reportlab.platypus import Paragraph

        marked = mixed(text)
        if link:
            marked = f'<a href={quoteattr(self.site + link)} color="{LAKE}">{marked}</a>'
        return Paragraph(marked, self.styles[style])

    def _say(self, text: str, style: str = "plain", link: str = "") -> None:
        if text:
            self.story.append(self._text(text, style, link))

    def _picture(self, png: bytes, wide_cm: float) -> None:
        from reportlab.lib.units import cm
        from reportlab.lib.utils import ImageReader
        from reportlab.platypus import Image

        wide, high = ImageReader(BytesIO(png)).getSize()
        self.story.append(Image(BytesIO(png), wide_cm * cm, wide_cm * cm * high / wide))

    def _numbers(self, title: str, numbers: Sequence[Number], against: str = "") -> None:
        self._say(title, "head")
        heads = ("", _("Value"), against or _("against the period before"))
        rows: list[list[Any]] = [[self._text(one, "small") for one in heads]]
        rows += [
            [self._text(one.label), self._text(one.value, link=one.link),
             self._text(saying.change(one))]
            for one in numbers
        ]  # fmt: skip
        self._table(rows, (0.5, 0.25, 0.25))

    def _ranking(self, ranking: Ranking) -> None:
        self._say(ranking.title, "head")
        rows: list[list[Any]] = [
            [self._text(one, "small") for one in (_("Rank"), "", _("Score"), "")]
        ]
        for one in saying.lines(ranking):
            if one is None:
                rows.append([self._text("…"), "", "", ""])
                continue
            rows.append([
                self._text(f"{one.rank} ({one.between})"), self._text(one.name, link=one.link),
                self._text(one.score), self._text(saying.move(one)),
            ])  # fmt: skip
        self._table(rows, (0.2, 0.45, 0.15, 0.2))
        self._say(_("The whole league"), "plain", ranking.link)

    def _sentences(self, title: str, sentences: Sequence[Sentence], rule: str, none: str) -> None:
        self._say(title, "head")
        for n, one in enumerate(sentences, 1):
            self._say(f"{n}. {one.text}", "plain", one.link)
        self._say(rule if sentences else none, "small")

    def _table(self, rows: list[list[Any]], parts: Sequence[float]) -> None:
        from reportlab.lib.units import cm
        from reportlab.platypus import Table

        widths = [part * 15.7 * cm for part in parts]
        self.story.append(
            Table(rows, widths, repeatRows=1, hAlign="LEFT", style=[
                ("LINEBELOW", (0, 0), (-1, -1), 0.4, HAIR), ("VALIGN", (0, 0), (-1, -1), "TOP"),
                ("LEFTPADDING", (0, 0), (-1, -1), 0), ("TOPPADDING", (0, 0), (-1, -1), 2),
                ("BOTTOMPADDING", (0, 0), (-1, -1), 3),
            ])
        )  # fmt: skip


def mixed(text: str) -> str:
    """Mark up text so that Latin letters and figures stand in a Latin font."""
    parts, at = [], 0
    text = text.replace("−", "-").replace("▲", "").replace("▼", "")
    for found in _LATIN.finditer(text):
        parts.append(escape(text[at : found.start()]))
        parts.append(f'<font name="{LATIN}">{escape(found.group())}</font>')
        at = found.end()
    return "".join(parts) + escape(text[at:])


def _number(canvas: Any, paper: Any) -> None:
    canvas.setFont(LATIN, 8)
    canvas.setFillColor(FADED)
    canvas.drawRightString(paper.pagesize[0] - paper.rightMargin, 28, str(canvas.getPageNumber()))
