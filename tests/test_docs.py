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
