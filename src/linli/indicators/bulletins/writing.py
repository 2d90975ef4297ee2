"""A bulletin written as a file: Word, PDF, or a web page that stands by itself."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path

from django.conf import settings
from django.template.loader import render_to_string

from linli.indicators.bulletins import drawing, pdf, saying, word
from linli.indicators.bulletins.document import Bulletin

LOOK = Path(__file__).parents[1] / "static" / "linli" / "bulletin.css"


def _page(told: Bulletin, site: str) -> bytes:
    has_links = bool(site)  # away from the site a path leads nowhere
    context = {
        "told": told, "site": site, "links": has_links, "head": saying.head(told),
        "blocks": drawing.drawn(told, site, has_links), "look": LOOK.read_text("utf-8"),
    }  # fmt: skip
    return render_to_string("indicators/bulletin_alone.html", context).encode()


@dataclass(frozen=True)
class Form:
    """A kind of file: its content type and what writes it."""

    content_type: str
    write: Callable[[Bulletin, str], bytes]


FORMS: Mapping[str, Form] = {
    "docx": Form(
        "application/vnd.openxmlformats-officedocument.wordprocessingml.document", word.write
    ),
    "pdf": Form("application/pdf", pdf.write),
    "html": Form("text/html; charset=utf-8", _page),
}


def written(told: Bulletin, kind: str) -> bytes:
    """Return a bulletin as a file; links lead to the site's address (`LINLI_URL`), if it is set.

    Raises
    ------
    KeyError
        If there is no such kind.
    """
    return FORMS[kind].write(told, settings.SITE_URL)


def name_of(told: Bulletin, kind: str) -> str:
    """Return what the file is called."""
    return f"{told.title}-{told.period}.{kind}".replace(" ", "-")
