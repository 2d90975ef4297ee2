"""On which line of a TOML file each key stands; the parser of the standard library forgets it."""

import re

_HEADER = re.compile(r"\s*(\[\[?)([^\[\]]+)\]\]?\s*(?:#.*)?$")
_KEY = re.compile(r"""\s*((?:[A-Za-z0-9_-]+|"[^"]*"|'[^']*')(?:\s*\.\s*(?:[\w-]+|"[^"]*"))*)\s*=""")
_TOKEN = re.compile(
    r'"""|' + r"'''|" + r'"(?:\\.|[^"\\])*"|' + r"'[^']*'|" + r"\\.|#.*|\[|\]|\{|\}"
)

Path = tuple[str | int, ...]


def key_lines(text: str) -> dict[Path, int]:
    """Return path of keys and positions in arrays of tables → line, from 1."""
    lines: dict[Path, int] = {(): 1}
    counts: dict[Path, int] = {}
    table: Path = ()
    quote, depth = "", 0
    for number, line in enumerate(text.split("\n"), start=1):
        line = line.rstrip("\r")
        if not quote and depth == 0:
            if header := _HEADER.match(line):
                table = _resolve(_names(header[2]), header[1] == "[[", counts)
                lines[table] = number
                continue
            if key := _KEY.match(line):
                path = table
                for name in _names(key[1]):
                    path = (*path, name)
                    lines.setdefault(path, number)
                line = line[key.end() :]
        quote, depth = _after(line, quote, depth)
    return lines


def _names(dotted: str) -> list[str]:
    return [name.strip().strip("\"'") for name in dotted.split(".")]


def _resolve(names: list[str], starts_table: bool, counts: dict[Path, int]) -> Path:
    """Return the path a header opens, with the position in each array of tables it goes through."""
    path: Path = ()
    for depth, name in enumerate(names, start=1):
        path = (*path, name)
        if starts_table and depth == len(names):
            counts[path] = counts.get(path, -1) + 1
        if path in counts:
            path = (*path, counts[path])
    return path


def _after(line: str, quote: str, depth: int) -> tuple[str, int]:
    """Tell whether a text of several lines or a bracket is open at the end of a line."""
    for token in _TOKEN.findall(line):
        if quote:
            quote = "" if token.endswith(quote) else quote
        elif token in ('"""', "'''"):
            quote = token
        elif token in "[{":
            depth += 1
        elif token in "]}":
            depth -= 1
    return quote, max(depth, 0)
