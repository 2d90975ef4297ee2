"""Both languages are complete, and the words of the page stand in the catalogues."""

import re
import subprocess
import sys
from pathlib import Path

from django.template.base import Lexer, TokenType

ROOT = Path(__file__).parents[2]
CHINESE = re.compile(r"[\u3000-\u303f\u4e00-\u9fff\uff00-\uffef]")


def test_the_catalogues_are_complete_and_compiled():
    checked = subprocess.run(
        [sys.executable, ROOT / "tools" / "messages.py", "--check"], capture_output=True, text=True
    )

    assert checked.returncode == 0, checked.stdout + checked.stderr


def test_templates_hold_no_chinese_of_their_own():
    for path in (ROOT / "src" / "linli").rglob("*.html"):
        for token in Lexer(path.read_text("utf-8")).tokenize():
            if token.token_type != TokenType.COMMENT:
                assert not CHINESE.search(token.contents), (path, token.contents)


def test_templates_hold_no_english_of_their_own():
    """Text between tags is either translated or a figure of punctuation."""
    inside = re.compile(r"(?s)<(script|style)\b.*?</\1>|<[^>]*>|&\w+;|[A-Z]{3}\b")
    for path in (ROOT / "src" / "linli").rglob("*.html"):
        text, hidden = "", False
        for token in Lexer(path.read_text("utf-8")).tokenize():
            if token.token_type == TokenType.BLOCK:
                hidden = re.match(r"blocktrans", token.contents) is not None or (
                    hidden and not re.match(r"endblocktrans", token.contents)
                )
            elif token.token_type == TokenType.TEXT and not hidden:
                text += token.contents
        assert not re.search(r"[A-Za-z]{2}", inside.sub(" ", text)), path
