"""Run the benches: bench/run.py --data DIR [NAME…].

DIR holds the real data (`messages/feed.csv` and so on, see bench/README.md). The last line of
standard output is one JSON object: under each bench's name the object it printed last, and
under "skipped" why a bench did not run. Ends with 1 if a bench failed.
"""

import argparse
import json
import subprocess
import sys
from pathlib import Path

HERE = Path(__file__).parent

# Arguments of each; a Path lies under DIR.
BENCHES: dict[str, list[str | Path]] = {
    "text": ["--train", Path("messages/labelled.csv"), Path("messages/labelled_tokens.csv")],
    "topics": ["--feed", Path("messages/feed.csv")],
    "replies": ["--train", Path("messages/replies.csv")],
    "surface": [
        "--good",
        Path("magnetic_tile/good_train"),
        "--test-good",
        Path("magnetic_tile/good_test"),
        "--test-defect",
        *(
            Path(f"magnetic_tile/defect_{kind}")
            for kind in ("blowhole", "break", "crack", "fray", "uneven")
        ),
    ],
    "picture_quality": [
        "--good",
        Path("magnetic_tile/good_train"),
        "--test-good",
        Path("magnetic_tile/good_test"),
        "--test-defect",
        *(
            Path(f"magnetic_tile/defect_{kind}")
            for kind in ("blowhole", "break", "crack", "fray", "uneven")
        ),
    ],
    "station": [],
    "board": ["--train", Path("pcb/train"), "--test", Path("pcb/test")],
    "locate": [],
    "intake": [],
    "simulate": [],
    "telemetry": [],
    "life": [
        "--train",
        Path("cmapss/train_FD001.txt.gz"),
        "--test",
        Path("cmapss/test_FD001.txt.gz"),
        "--rul",
        Path("cmapss/RUL_FD001.txt.gz"),
    ],
    "routes": [
        *(
            Path(f"routes/{name}.vrp")
            for name in ("RC208", "X-n101-k25", "X-n200-k36", "X-n439-k37")
        ),
        "--seconds",
        "30",
    ],
    "replan": [],
}


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("names", nargs="*", metavar="NAME", help=", ".join(BENCHES))
    parser.add_argument("--data", type=Path, required=True, help="folder with the real data")
    given = parser.parse_args()
    if strange := set(given.names) - BENCHES.keys():
        parser.error(f"there is no bench {', '.join(sorted(strange))}")
    found: dict[str, object] = {}
    skipped: dict[str, str] = {}
    failed: list[str] = []
    for name in given.names or BENCHES:
        arguments = [given.data / a if isinstance(a, Path) else a for a in BENCHES[name]]
        absent = [str(a) for a in arguments if isinstance(a, Path) and not a.exists()]
        if absent:
            skipped[name] = f"not there: {', '.join(absent)}"
            say(f"{name}: skipped, {skipped[name]}")
            continue
        say(f"{name} …")
        result = run(name, list(map(str, arguments)))
        if result is None:
            failed.append(name)
        else:
            found[name] = result
    print(json.dumps({**found, "skipped": skipped, "failed": failed}, ensure_ascii=False))
    return 1 if failed else 0


def run(name: str, arguments: list[str]) -> object | None:
    """Run one bench; return the object on its last line, None if it failed."""
    command = [sys.executable, str(HERE / f"{name}.py"), *arguments]
    ended = subprocess.run(command, stdout=subprocess.PIPE, text=True, check=False)
    lines = ended.stdout.strip().splitlines()
    try:
        if ended.returncode == 0 and lines:
            return json.loads(lines[-1])
    except json.JSONDecodeError:
        pass
    say(f"{name}: failed with exit status {ended.returncode}")
    return None


def say(line: str) -> None:
    """Tell the progress on stderr."""
    print(line, file=sys.stderr, flush=True)


if __name__ == "__main__":
    sys.exit(main())
