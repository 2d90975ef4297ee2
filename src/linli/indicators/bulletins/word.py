"""A bulletin as a Word document, in the fonts that every Chinese office has (宋体, 黑体)."""

from collections.abc import Sequence
from io import BytesIO
from typing import Any

from django.utils.translation import get_language
from django.utils.translation import gettext as _

from linli.indicators.bulletins import pictures, saying
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

LAKE, INK, HAIR, FADED, SEAL = "2F6F7E", "1F2A30", "B9B5A8", "56636A", "C23B22"
RELATION = "http://schemas.openxmlformats.org/officeDocument/2006/relationships/hyperlink"
WIDE = 16.2  # centimetres between the margins
LEFT, CENTRE, RIGHT = 0, 1, 2
STYLES = (
    ("Normal", "Times New Roman", "宋体", 10.5),
    ("Title", "Times New Roman", "宋体", 26),
    ("Heading 1", "Arial", "黑体", 13),
)


def write(told: Bulletin, site: str) -> bytes:
    """Return the bytes of a .docx; `site` goes before every link, and without one there is none."""
    return _Paper(site).written(told)


class _Paper:
    def __init__(self, site: str) -> None:
        from docx import Document
        from docx.shared import Cm

        self.site, self.paper = site, Document()
        for section in self.paper.sections:
            section.page_width, section.page_height = Cm(21), Cm(29.7)
            section.left_margin = section.right_margin = Cm((21 - WIDE) / 2)
            section.top_margin = section.bottom_margin = Cm(2.2)
        for style in STYLES:
            self._style(*style)

    def _style(self, name: str, latin: str, chinese: str, size: float) -> None:
        from docx.oxml.ns import qn
        from docx.shared import Pt, RGBColor

        style: Any = self.paper.styles[name]
        style.font.name, style.font.size = latin, Pt(size)
        style.font.color.rgb = RGBColor.from_string(SEAL if name == "Title" else INK)
        fonts = style.element.get_or_add_rPr().get_or_add_rFonts()
        # A theme's font would win over the named one.
        for key in [key for key in fonts.attrib if key.endswith("Theme")]:
            del fonts.attrib[key]
        fonts.set(qn("w:eastAsia"), chinese)
        space = style.paragraph_format
        space.space_before, space.space_after = Pt(12 if name == "Heading 1" else 0), Pt(3)
        if name == "Title":
            style.font.bold = True
            self._line_below(style.element.get_or_add_pPr(), None)

    def written(self, told: Bulletin) -> bytes:
        paper = self.paper
        about = paper.core_properties
        about.title, about.author = f"{told.title} {told.words}", told.issuer
        about.language, about.comments = get_language() or "", told.words
        self._head(told)
        writers: dict[type[Any], Any] = {
            Numbers: self._numbers, Chart: self._chart, Map: self._map, Ranking: self._ranking,
            Sentences: self._sentences, Words: self._words,
        }  # fmt: skip
        for block in told.blocks:
            if block.title:
                paper.add_heading(block.title, 1)
            writers[type(block)](block)
        self._page_number()
        out = BytesIO()
        paper.save(out)
        return out.getvalue()

    # --- what stands on paper ----------------------------------------------------------------

    def _head(self, told: Bulletin) -> None:
        """Write the head of an official bulletin: title and line in red, number, who and when."""
        from docx.enum.text import WD_TAB_ALIGNMENT
        from docx.shared import Cm

        for paragraph in (self.paper.add_heading(told.title, 0),
                          self.paper.add_paragraph(told.number)):  # fmt: skip
            paragraph.alignment = CENTRE
        line = self.paper.add_paragraph(f"{told.issuer}\t{saying.head(told)}")
        line.paragraph_format.tab_stops.add_tab_stop(Cm(WIDE), WD_TAB_ALIGNMENT.RIGHT)
        self._line_below(line._p.get_or_add_pPr(), SEAL)
        self._small(told.note)

    def _numbers(self, block: Numbers) -> None:
        """Write figures in two columns, so that a page holds them all."""
        heads = ("", _("Value"), block.against)
        table = self._table([*heads, *heads], (3.3, 2.0, 2.8) * 2, (LEFT, RIGHT, RIGHT) * 2)
        half = (len(block.numbers) + 1) // 2
        for at in range(half):
            cells = self._row(table)
            self._number(cells[:3], block.numbers[at])
            if at + half < len(block.numbers):
                self._number(cells[3:], block.numbers[at + half])

    def _number(self, cells: Sequence[Any], one: Number) -> None:
        cells[0].add_run(one.label)
        self._linked(cells[1], one.value, one.link)
        cells[2].add_run(saying.change(one))

    def _chart(self, block: Chart) -> None:
        self._picture(pictures.columns(block), WIDE, block.title)
        self._linked(self.paper.add_paragraph(), _("The cases of the last column"), block.links[-1])

    def _map(self, block: Map) -> None:
        self._picture(pictures.ground(block), 12, block.title)
        self._small(saying.shades(block))
        for one in saying.busiest(block):
            self._linked(self.paper.add_paragraph(style="List Bullet"), one.text, one.link)

    def _ranking(self, block: Ranking) -> None:
        sides = (LEFT, LEFT, RIGHT, RIGHT)
        table = self._table((_("Rank"), _("Who"), _("Score"), ""), (3, 8, 2.4, 2.8), sides)
        for one in saying.lines(block):
            cells = self._row(table)
            if one is None:
                cells[0].add_run("…")
                continue
            cells[0].add_run(f"{one.rank} ({one.between})")
            cells[1].add_run(one.name)
            self._linked(cells[2], one.score, one.link)
            cells[3].add_run(saying.move(one))
        self._linked(self.paper.add_paragraph(), _("The whole league"), block.link)

    def _sentences(self, block: Sentences) -> None:
        # Numbered in words: Word's own lists would count on through the document.
        for n, one in enumerate(block.sentences, 1):
            paragraph = self.paper.add_paragraph(f"{n}. ")
            self._linked(paragraph, one.text, one.link)
        if block.sentences:
            self._small(block.rule)
        else:
            self.paper.add_paragraph(block.none)

    def _words(self, block: Words) -> None:
        for line in block.text.splitlines():
            self.paper.add_paragraph(line)

    # --- how it is set -----------------------------------------------------------------------

    def _small(self, text: str) -> None:
        from docx.shared import Pt, RGBColor

        if text:
            run = self.paper.add_paragraph().add_run(text)
            run.font.size, run.font.color.rgb = Pt(8.5), RGBColor.from_string(FADED)

    def _picture(self, png: bytes, wide: float, said: str) -> None:
        from docx.shared import Cm

        shape = self.paper.add_picture(BytesIO(png), width=Cm(wide))
        shape._inline.docPr.set("descr", said)

    def _table(
        self, heads: Sequence[str], widths: Sequence[float], sides: Sequence[int]
    ) -> tuple[Any, Sequence[float], Sequence[int]]:  # fmt: skip
        """Begin a table with hairlines between its rows and nothing else."""
        from docx.oxml.ns import qn
        from docx.shared import Cm, Pt, RGBColor

        table = self.paper.add_table(rows=0, cols=len(heads))
        table.autofit = False
        borders = _element("w:tblBorders")
        for side in ("bottom", "insideH"):
            borders.append(_edge(side, HAIR, 4))
        # The order of elements is part of the format.
        table._tbl.tblPr.insert_element_before(
            borders, "w:shd", "w:tblLayout", "w:tblCellMar", "w:tblLook"
        )
        made = (table, widths, sides)
        for column, wide in zip(table.columns, widths, strict=True):
            column.width = Cm(wide)
        for cell, head in zip(self._row(made), heads, strict=True):
            run = cell.add_run(head)
            run.font.size, run.font.color.rgb = Pt(8.5), RGBColor.from_string(FADED)
        first = table.rows[0]._tr.get_or_add_trPr()
        repeated = _element("w:tblHeader")
        repeated.set(qn("w:val"), "true")
        first.append(repeated)
        return made

    def _row(self, made: tuple[Any, Sequence[float], Sequence[int]]) -> list[Any]:
        """Add a row and return the paragraphs of its cells."""
        from docx.shared import Cm

        table, widths, sides = made
        cells = list(table.add_row().cells)
        for cell, wide, side in zip(cells, widths, sides, strict=True):
            cell.width = Cm(wide)
            cell.paragraphs[0].alignment = side
        return [cell.paragraphs[0] for cell in cells]

    def _line_below(self, style: Any, colour: str | None) -> None:
        """Draw a line below a paragraph; without a colour take away the one there is."""
        from docx.oxml.ns import qn

        for old in style.findall(qn("w:pBdr")):
            style.remove(old)
        if colour:
            border = _element("w:pBdr")
            border.append(_edge("bottom", colour, 12, space=4))
            style.insert_element_before(
                border, "w:shd", "w:tabs", "w:suppressAutoHyphens", "w:spacing", "w:ind", "w:jc"
            )

    def _page_number(self) -> None:
        from docx.oxml.ns import qn

        foot = self.paper.sections[0].footer.paragraphs[0]
        foot.alignment = CENTRE
        field = _element("w:fldSimple")
        field.set(qn("w:instr"), "PAGE")
        foot._p.append(field)

    def _linked(self, paragraph: Any, text: str, link: str) -> None:
        """Add text that leads somewhere: python-docx has no function for it."""
        from docx.oxml.ns import qn

        if not (link and self.site):
            paragraph.add_run(text)
            return
        anchor = _element("w:hyperlink")
        to = paragraph.part.relate_to(self.site + link, RELATION, is_external=True)
        anchor.set(qn("r:id"), to)
        run, look, colour = (_element(name) for name in ("w:r", "w:rPr", "w:color"))
        line, words = _element("w:u"), _element("w:t")
        colour.set(qn("w:val"), LAKE)
        line.set(qn("w:val"), "single")
        look.extend([colour, line])
        words.text = text
        run.extend([look, words])
        anchor.append(run)
        paragraph._p.append(anchor)


def _element(name: str) -> Any:
    from docx.oxml import OxmlElement

    return OxmlElement(name)


def _edge(side: str, colour: str, eighths: int, space: int = 0) -> Any:
    from docx.oxml.ns import qn

    edge = _element(f"w:{side}")
    values = {"val": "single", "sz": eighths, "space": space, "color": colour}
    for name, value in values.items():
        edge.set(qn(f"w:{name}"), str(value))
    return edge
