"""The documents say what the code does."""

import re
from pathlib import Path

import pytest
from tools import action_table

ROOT = Path(__file__).parents[1]
DOCUMENTS = (
    "README.md", "README.zh-CN.md", "ARCHITECTURE.md", "CONTRIBUTING.md",
    "docs/api.md", "docs/loop.md", "docs/towns.md", "bench/README.md",
)  # fmt: skip


def test_the_page_of_the_loop_and_its_diagram_are_current():
    for path, text in action_table.pages().items():
        assert path.read_text("utf-8") == text, "run python tools/action_table.py"


@pytest.mark.parametrize("name", DOCUMENTS)
def test_a_document_names_only_files_that_are_there(name):
    text = (ROOT / name).read_text("utf-8")
    named = re.findall(r"`((?:src|towns|bench|tools|tests|docs)/[\w./-]+\.\w+)`", text)
    assert [path for path in named if not (ROOT / path).exists()] == []


@pytest.mark.parametrize("name", DOCUMENTS)
def test_a_document_names_only_functions_that_are_there(name):
    text = (ROOT / name).read_text("utf-8")
    pairs = re.findall(r"`(src/[\w./-]+\.py)` `(\w+)`", text)
    missing = [
        (path, function)
        for path, function in pairs
        if not re.search(rf"\b{function}\b", (ROOT / path).read_text("utf-8"))
    ]
    assert missing == []


GUIDES = ROOT / "docs/guides"
PICTURED = sorted({*(ROOT / name for name in DOCUMENTS), *GUIDES.rglob("*.md")})


def _links(path: Path, mark: str = "") -> list[Path]:
    found = re.findall(rf"{mark}\[[^\]]*\]\(([^)#:]+)\)", path.read_text("utf-8"))
    return [(path.parent / target).resolve() for target in found]


@pytest.mark.parametrize("path", PICTURED, ids=lambda path: str(path.relative_to(ROOT)))
def test_a_document_links_only_to_pages_and_pictures_that_are_there(path):
    assert [str(target) for target in _links(path) if not target.exists()] == []


def test_every_guide_is_in_the_index_in_both_languages():
    english = {path.name for path in GUIDES.glob("*.md")} - {"README.md"}
    chinese = {path.name for path in (GUIDES / "zh").glob("*.md")}
    assert english == chinese
    every = {GUIDES / name for name in english} | {GUIDES / "zh" / name for name in chinese}
    assert every <= set(_links(GUIDES / "README.md"))


def test_every_picture_is_shown_somewhere_and_light():
    shown = {target for path in PICTURED for target in _links(path, "!")}
    kept = set((ROOT / "docs/img").iterdir())
    assert kept <= shown
    assert max(picture.stat().st_size for picture in kept) <= 300_000
    assert sum(picture.stat().st_size for picture in kept) <= 8_000_000
