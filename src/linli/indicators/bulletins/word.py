"""A bulletin as a Word document."""

from collections.abc import Sequence
from io import BytesIO
from typing import Any

from django.utils.translation import gettext as _

from linli.indicators.bulletins import pictures, saying
from linli.indicators.bulletins.document import Bulletin, Number, Ranking, Sentence

LINK = "2F6F7E"
RELATION = "http://schemas.openxmlformats.org/officeDocument/2006/relationships/hyperlink"


def write(told: Bulletin, site: str) -> bytes:
    """Return the bytes of a .docx; `site` goes before every link."""
    return _Paper(site).written(told)


class _Paper:
    def __init__(self, site: str) -> None:
        from docx import Document
        from docx.shared import Cm

        self.site, self.paper = site, Document()
        for section in self.paper.sections:
            section.left_margin = section.right_margin = Cm(2.4)
            section.page_width, section.page_height = Cm(21), Cm(29.7)
        for name, east in (("Normal", "宋体"), ("Title", "黑体"), ("Heading 1", "黑体"),
                           ("Heading 2", "黑体")):  # fmt: skip
            self._font(name, east)

    def _font(self, name: str, east: str) -> None:
        from docx.oxml.ns import qn
        from docx.shared import RGBColor

        style: Any = self.paper.styles[name]
        style.font.name = "Times New Roman" if name == "Normal" else "Arial"
        style.element.get_or_add_rPr().get_or_add_rFonts().set(qn("w:eastAsia"), east)
        if name != "Normal":
            style.font.color.rgb = RGBColor(0x1F, 0x2A, 0x30)

    def written(self, told: Bulletin) -> bytes:
        from docx.shared import Cm

        paper = self.paper
        paper.core_properties.title = f"{told.title} {told.words}"
        paper.core_properties.author = told.town
        paper.add_heading(told.title, 0)
        paper.add_paragraph(saying.head(told))
        if told.note:
            paper.add_paragraph(told.note)
        self._numbers(_("Numbers"), told.numbers)
        if told.chart:
            paper.add_heading(told.chart.title, 1)
            paper.add_picture(BytesIO(pictures.columns(told.chart)), width=Cm(16))
            self._linked(paper.add_paragraph(), _("The cases of the last column"), told.chart.link)
        self._sentences(_("Changed most"), told.changes, told.rule, saying.no_change())
        self._sentences(_("Needs a leader"), told.asks, "", saying.no_ask())
        if told.map:
            paper.add_heading(told.map.title, 1)
            paper.add_picture(BytesIO(pictures.ground(told.map)), width=Cm(13))
            paper.add_paragraph(saying.shades(told.map))
            for one in saying.busiest(told.map):
                self._linked(paper.add_paragraph(style="List Bullet"), one.text, one.link)
        for ranking in told.rankings:
            self._ranking(ranking)
        if told.indicators:
            self._numbers(_("Indicators"), told.indicators, _("against a year before"))
        out = BytesIO()
        paper.save(out)
        return out.getvalue()

    def _numbers(self, title: str, numbers: Sequence[Number], against: str = "") -> None:
        self.paper.add_heading(title, 1)
        table = self._table("", _("Value"), against or _("against the period before"))
        for one in numbers:
            cells = table.add_row().cells
            cells[0].text = one.label
            self._linked(cells[1].paragraphs[0], one.value, one.link)
            cells[2].text = saying.change(one)

    def _ranking(self, ranking: Ranking) -> None:
        self.paper.add_heading(ranking.title, 1)
        table = self._table(_("Rank"), "", _("Score"))
        for one in saying.lines(ranking):
            cells = table.add_row().cells
            if one is None:
                cells[0].text = "…"
                continue
            cells[0].text = f"{one.rank} ({one.between})"
            self._linked(cells[1].paragraphs[0], one.name, one.link)
            cells[2].text = f"{one.score}  {saying.move(one)}"
        self._linked(self.paper.add_paragraph(), _("The whole league"), ranking.link)

    def _sentences(self, title: str, sentences: Sequence[Sentence], rule: str, none: str) -> None:
        self.paper.add_heading(title, 1)
        for one in sentences:
            self._linked(self.paper.add_paragraph(style="List Number"), one.text, one.link)
        self.paper.add_paragraph(rule if sentences else none)

    def _table(self, *heads: str) -> Any:
        table = self.paper.add_table(rows=1, cols=len(heads))
        table.style = "Table Grid"
        for cell, head in zip(table.rows[0].cells, heads, strict=True):
            cell.text = head
            for run in cell.paragraphs[0].runs:
                run.bold = True
        return table

    def _linked(self, paragraph: Any, text: str, link: str) -> None:
        """Add text that leads somewhere: python-docx has no function for it."""
        from docx.oxml import OxmlElement
        from docx.oxml.ns import qn

        anchor = OxmlElement("w:hyperlink")
        to = paragraph.part.relate_to(self.site + link, RELATION, is_external=True)
        anchor.set(qn("r:id"), to)
        run, look, colour = (OxmlElement(name) for name in ("w:r", "w:rPr", "w:color"))
        line, words = OxmlElement("w:u"), OxmlElement("w:t")
        colour.set(qn("w:val"), LINK)
        line.set(qn("w:val"), "single")
        look.extend([colour, line])
        words.text = text
        run.extend([look, words])
        anchor.append(run)
        paragraph._p.append(anchor)
