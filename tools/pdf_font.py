"""Make the font that PDFs carry: Noto Serif CJK SC, cut down to GB 2312 and what stands beside it.

    python tools/pdf_font.py NotoSerifCJK-Regular.ttc

reportlab embeds outlines of TrueType only, so the cubic curves of the source are drawn anew as
quadratic ones, at most half a unit off. The source and what is made of it are under the SIL Open
Font License 1.1.
"""

import gzip
import sys
from io import BytesIO
from pathlib import Path

from fontTools.fontBuilder import FontBuilder
from fontTools.pens.cu2quPen import Cu2QuPen
from fontTools.pens.ttGlyphPen import TTGlyphPen
from fontTools.subset import Options, Subsetter
from fontTools.ttLib import TTCollection

FACE = "Noto Serif CJK SC"
OUT = Path(__file__).parents[1] / "src/linli/indicators/bulletins/fonts/serif.ttf.gz"
OFF_BY = 0.5
BESIDE = "±×÷·–—−‘’“”…‰€℃→←↑↓▲▼●○■□①②③④⑤⑥⑦⑧⑨⑩㎡²³°¥§"
"""What is written beside the letters of GB 2312 and ASCII."""


def letters() -> set[int]:
    """Return every character of GB 2312 (which holds the signs of Chinese texts) and of ASCII."""
    found = {*range(0x20, 0x7F), *range(0xA0, 0x100), *map(ord, BESIDE)}
    for high in range(0xA1, 0xF8):
        for low in range(0xA1, 0xFF):
            try:
                found.add(ord(bytes([high, low]).decode("gb2312")))
            except UnicodeDecodeError:
                continue
    return found


def made(source: str) -> bytes:
    """Return the font as a .ttf."""
    fonts = TTCollection(source, lazy=True).fonts
    font = next(one for one in fonts if one["name"].getDebugName(4) == FACE)
    copyright = font["name"].getDebugName(0)
    options = Options(layout_features=[], hinting=False, notdef_outline=True, glyph_names=False)
    cut = Subsetter(options)
    cut.populate(unicodes=letters())
    cut.subset(font)
    glyphs, drawn, order = font.getGlyphSet(), {}, font.getGlyphOrder()
    for name in order:
        pen = TTGlyphPen(None)
        glyphs[name].draw(Cu2QuPen(pen, OFF_BY, reverse_direction=True))
        drawn[name] = pen.glyph()
    head, hhea, system = font["head"], font["hhea"], font["OS/2"]
    builder = FontBuilder(head.unitsPerEm, isTTF=True)
    builder.setupGlyphOrder(order)
    builder.setupCharacterMap(font.getBestCmap())
    builder.setupGlyf(drawn)
    builder.setupHorizontalMetrics({
        name: (font["hmtx"][name][0], getattr(drawn[name], "xMin", 0)) for name in order
    })  # fmt: skip
    builder.setupHorizontalHeader(ascent=hhea.ascent, descent=hhea.descent)
    builder.setupNameTable({
        "familyName": FACE, "styleName": "Regular", "psName": "NotoSerifCJKsc-Linli",
        "fullName": FACE, "copyright": copyright,
        "licenseDescription": "SIL Open Font License 1.1",
        "licenseInfoURL": "https://openfontlicense.org",
    })  # fmt: skip
    builder.setupOS2(sTypoAscender=system.sTypoAscender, sTypoDescender=system.sTypoDescender,
                     usWinAscent=system.usWinAscent, usWinDescent=system.usWinDescent,
                     fsType=0)  # fmt: skip
    builder.setupPost(keepGlyphNames=False)
    out = BytesIO()
    builder.save(out)
    return out.getvalue()


if __name__ == "__main__":
    OUT.parent.mkdir(exist_ok=True)
    OUT.write_bytes(gzip.compress(made(sys.argv[1]), 9, mtime=0))
    print(f"{OUT}: {OUT.stat().st_size:,} bytes")
