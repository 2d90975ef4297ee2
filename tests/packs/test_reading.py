"""What packs say can be read by people who know no TOML, in their language."""

from collections.abc import Iterator
from typing import Any, get_args

import pytest

from linli.packs.folder import BUILT_IN
from linli.packs.reading import pack_of, value
from linli.packs.sections import PACK_SECTIONS
from linli.packs.words import KINDS, WORDS
from linli.sections import Declaration


def declarations(kind: Any) -> Iterator[type[Declaration]]:
    if isinstance(kind, type) and issubclass(kind, Declaration):
        yield kind
        for field in kind.model_fields.values():
            yield from declarations(field.annotation)
    for part in get_args(kind):
        yield from declarations(part)


def test_every_section_and_key_of_a_pack_has_a_word():
    keys = {
        name
        for section in PACK_SECTIONS.values()
        for kind in declarations(section)
        for name in kind.model_fields
    }

    assert PACK_SECTIONS.keys() - KINDS.keys() == set()
    assert keys - WORDS.keys() == set()


@pytest.mark.parametrize("path", sorted(BUILT_IN.glob("*.toml")), ids=lambda path: path.stem)
def test_every_pack_of_the_house_can_be_laid_out(path):
    pack = pack_of(path.stem, None)

    assert pack is not None
    assert {section.name for section in pack.sections} <= PACK_SECTIONS.keys()
    assert all(len(row["cells"]) == len(s.columns) for s in pack.sections for row in s.rows)


def test_what_stands_inside_a_key_is_told_with_its_words():
    told = value([{"code": "signed", "usual_days": 7, "ends": False}, {"code": "gone"}])

    assert told == "code signed, usual days 7; code gone"
    assert value([["08:00", "11:00"]]) == "08:00–11:00"
