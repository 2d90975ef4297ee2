"""Write the action table of the loop as documentation: `docs/loop.md`, and its diagram.

    python tools/action_table.py [--check]

The page and the state diagram in ARCHITECTURE.md are made from `linli.cases.loop.ACTIONS`,
so that they cannot say anything else than the code. `--check` writes nothing and ends with
1 if one of them is out of date.
"""

import argparse
import os
import sys
import tempfile
from collections import defaultdict
from pathlib import Path

ROOT = Path(__file__).parents[1]
PAGE = ROOT / "docs" / "loop.md"
ARCHITECTURE = ROOT / "ARCHITECTURE.md"
BEGIN, END = "<!-- diagram: made by tools/action_table.py -->", "<!-- end of diagram -->"

HEAD = """\
# The loop

Made from `ACTIONS` in `src/linli/cases/loop.py` by `python tools/action_table.py`.
Change the table there, not here.

Buttons, forms, permissions and this page all come from this one table. A step is taken only
if the case is in one of the states under *from*, the person is one of those under *who*, and
everything under *needs* is given (what ends in `?` may be left out). An empty *to* leaves the
state as it is; the step is kept as an event all the same. `open` means every state that is not
ended; `working` means {working}.

"""

TAIL = """
## Who

| who | is |
|---|---|
| `system` | Linli itself: intake, the worker, or a step that follows from another |
| `reporter` | whoever has reported the case, first or after others |
| `receipt` | whoever shows the receipt code of a report made without an account |
| `assignee` | staff of the organisation that leads the case, or a lead of the grid where the \
territorial side leads; once it is assigned to a person, that person and the head |
| `assignee_lead` | the head of that organisation, or a lead of the grid where the territorial \
side leads |
| `support` | the same people on the sides that do not lead: the other side of the dispatch, and \
whoever joined |
| `steward`, `dispatcher`, `supervisor`, `leader` | a person with that role in an organisation \
whose area holds the case |

`src/linli/cases/actors.py` works this out. `BARS` in `src/linli/cases/loop.py` holds what the
table cannot say: a case is returned only once, sent back at most {reopenings} times, and so on.

## The states

{diagram}
"""


def page() -> str:
    """Return the whole of `docs/loop.md`."""
    from linli.cases.bars import MAX_REOPENINGS
    from linli.cases.loop import ACTIONS
    from linli.cases.models import WORKING

    lines = ["| action | what people read | from | who | needs | to |", "|---|---|---|---|---|---|"]
    for name, action in ACTIONS.items():
        cells = (
            f"`{name}`", str(action.label), _states(action.states),
            ", ".join(f"`{actor}`" for actor in sorted(action.who)),
            ", ".join(f"`{need}`" for need in action.needs),
            f"**{action.to}**" if action.to else "",
        )  # fmt: skip
        lines.append(f"| {' | '.join(cells)} |")
    working = ", ".join(_ordered(WORKING))
    tail = TAIL.format(diagram=diagram(), reopenings=MAX_REOPENINGS)
    return HEAD.format(working=working) + "\n".join(lines) + "\n" + tail


def _ordered(states: frozenset) -> list[str]:
    from linli.cases.models import State

    return [str(state) for state in State if state in states]


def _states(states: frozenset) -> str:
    from linli.cases.models import OPEN, WORKING

    if states == OPEN:
        return "open"
    if states == WORKING:
        return "working"
    if states > WORKING:
        return ", ".join(["working", *_ordered(states - WORKING)])
    return ", ".join(_ordered(states)) or "(a new case)"


def diagram() -> str:
    """Return the state diagram: every action that moves a case, as Mermaid."""
    from linli.cases.loop import ACTIONS
    from linli.cases.models import ENDED

    arrows: dict[tuple[str, str], list[str]] = defaultdict(list)
    for name, action in ACTIONS.items():
        if action.to is not None:
            for state in _ordered(action.states) or ["[*]"]:
                arrows[state, str(action.to)].append(name)
    lines = ["```mermaid", "stateDiagram-v2"]
    lines += [f"    {a} --> {b}: {', '.join(names)}" for (a, b), names in arrows.items()]
    lines += [f"    {state} --> [*]" for state in _ordered(ENDED)]
    return "\n".join([*lines, "```"])


def with_diagram(text: str) -> str:
    """Return `text` with the diagram between its two marks brought up to date."""
    before, rest = text.split(BEGIN)
    after = rest.split(END)[1]
    return f"{before}{BEGIN}\n{diagram()}\n{END}{after}"


def pages() -> dict[Path, str]:
    """Return what each file should hold. Call `start` before, unless Django is set up."""
    from django.utils.translation import override

    with override(None):  # the words of the code itself, whatever the language
        return {PAGE: page(), ARCHITECTURE: with_diagram(ARCHITECTURE.read_text("utf-8"))}


def start() -> None:
    """Set Django up in a folder that is thrown away: nothing is read from an installation."""
    import django

    os.environ["DJANGO_SETTINGS_MODULE"] = "linli.settings"
    with tempfile.TemporaryDirectory() as home:
        os.environ["LINLI_HOME"] = home
        django.setup()


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--check", action="store_true", help="only tell what is out of date")
    given = parser.parse_args()
    start()
    stale = {
        path: text
        for path, text in pages().items()
        if not path.exists() or path.read_text("utf-8") != text
    }
    for path, text in stale.items():
        if given.check:
            print(f"{path.relative_to(ROOT)} is out of date: python tools/action_table.py")
        else:
            path.parent.mkdir(exist_ok=True)
            path.write_text(text, "utf-8")
            print(f"{path.relative_to(ROOT)} written")
    return 1 if given.check and stale else 0


if __name__ == "__main__":
    sys.exit(main())
