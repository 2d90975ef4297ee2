"""Bring the message catalogues up to date: extract, merge, compile (`make messages`).

Extracts from Python and templates with Babel, so no GNU gettext is needed; keeps all
translations; fills English with the messages themselves; writes `.po` and `.mo`. Ends
with 1 and names what is missing if a Chinese translation is.

    python tools/messages.py [--check]

`--check` writes nothing and tells whether the catalogues are complete and up to date.
"""

import argparse
import sys
from collections.abc import Iterator
from io import BytesIO
from pathlib import Path

from babel.messages.catalog import Catalog, Message
from babel.messages.extract import DEFAULT_KEYWORDS, extract
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po, write_po
from django.utils.translation.template import templatize

ROOT = Path(__file__).parents[1]
SOURCES = ROOT / "src" / "linli"
LOCALES = {"zh_Hans": SOURCES / "locale" / "zh_Hans", "en": SOURCES / "locale" / "en"}
KEYWORDS = DEFAULT_KEYWORDS | {
    "L": None,
    "N": None,
    "gettext_lazy": None,
    "gettext_noop": None,
    "ngettext_lazy": (1, 2),
    "pgettext_lazy": ((1, "c"), 2),
}


def _found() -> Iterator[tuple[str, int, object, str | None]]:
    for path in sorted(SOURCES.rglob("*.py")):
        if "migrations" not in path.parts:
            yield from _extract(path, path.read_bytes())
    for path in sorted(SOURCES.rglob("*.html")):
        source = templatize(path.read_text("utf-8"))
        # What is left of the page is no Python: without indentation the tokenizer bears it.
        lines = "\n".join(line.strip() for line in source.splitlines())
        yield from _extract(path, lines.encode())


def _extract(path: Path, source: bytes) -> Iterator[tuple[str, int, object, str | None]]:
    for line, message, _comments, context in extract(
        "python", BytesIO(source), keywords=KEYWORDS, options={"encoding": "utf-8"}
    ):
        yield path.relative_to(ROOT).as_posix(), line, message, context


def template() -> Catalog:
    """Return all messages of the source."""
    catalog = Catalog(project="Linli", charset="utf-8", fuzzy=False)
    for path, _line, message, context in _found():
        # Without line numbers a moved line changes nothing in the catalogue.
        catalog.add(message, locations=[(path, None)], context=context)
    return catalog


def merged(locale: str, messages: Catalog) -> Catalog:
    """Return the catalogue of `locale` with today's messages and the translations it has."""
    before = Catalog(locale=locale)
    path = po_path(locale)
    if path.exists():
        with path.open("rb") as file:
            before = read_po(file, locale=locale)
    fresh = Catalog(
        locale=locale, project="Linli", charset="utf-8", fuzzy=False, header_comment="# Linli",
        creation_date=before.creation_date, revision_date=before.revision_date,
    )  # fmt: skip
    for message in sorted(
        (m for m in messages if m.id), key=lambda m: (str(m.id), m.context or "")
    ):
        known = before.get(_singular(message), message.context)
        string = known.string if known is not None and not known.fuzzy else None
        if message.pluralizable:
            string = string if isinstance(string, tuple) else None
        elif isinstance(string, tuple):
            string = string[0]
        if locale == "en" and not (string and all(string)):
            string = message.id
        fresh.add(
            message.id, string or None, sorted(set(message.locations)),
            [f for f in message.flags if f != "fuzzy"], context=message.context,
        )  # fmt: skip
    return fresh


def _singular(message: Message) -> str:
    return message.id[0] if isinstance(message.id, tuple | list) else message.id


def untranslated(catalog: Catalog) -> list[str]:
    """List the messages without a translation."""
    return [
        _singular(m)
        for m in catalog
        if m.id and not (all(m.string) if isinstance(m.string, tuple | list) else m.string)
    ]


def po_path(locale: str) -> Path:
    return LOCALES[locale] / "LC_MESSAGES" / "django.po"


def po(catalog: Catalog) -> bytes:
    """Return a catalogue as text."""
    file = BytesIO()
    write_po(file, catalog, width=100, include_lineno=False)
    return file.getvalue()


def mo(catalog: Catalog) -> bytes:
    """Return a catalogue compiled."""
    file = BytesIO()
    write_mo(file, catalog)
    return file.getvalue()


def main() -> int:
    asked = argparse.ArgumentParser(description=__doc__)
    asked.add_argument("--check", action="store_true")
    check = asked.parse_args().check
    messages, faults = template(), []
    for locale in LOCALES:
        catalog = merged(locale, messages)
        path = po_path(locale)
        faults += [f"{locale}: no translation of “{text}”" for text in untranslated(catalog)]
        for target, content in ((path, po(catalog)), (path.with_suffix(".mo"), mo(catalog))):
            if not target.exists() or target.read_bytes() != content:
                if check:
                    faults.append(f"{target.relative_to(ROOT)} is out of date: run `make messages`")
                else:
                    target.parent.mkdir(parents=True, exist_ok=True)
                    target.write_bytes(content)
    print("\n".join(faults) or f"{len(messages)} messages, all translated")
    return 1 if faults else 0


if __name__ == "__main__":
    sys.exit(main())
