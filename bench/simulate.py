"""How fast a town's history is written: bench/simulate.py [--cases N] [--years Y] [--seed S].

Without --database it uses SQLite in a folder that is thrown away; the database behind a URL must
be empty. The last line of standard output is one JSON object.
"""

import argparse
import json
import os
import sys
import tempfile
from pathlib import Path
from time import perf_counter

ROOT = Path(__file__).parents[1]


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--cases", type=int, default=60_000, help="about how many reports")
    parser.add_argument("--years", type=float, default=2.0, help="how long the history is")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--town", type=Path, default=ROOT / "towns/pinghu")
    parser.add_argument("--database", default="", help="URL of an empty database")
    given = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="linli-bench-") as folder:
        os.environ["LINLI_HOME"] = folder
        os.environ["DJANGO_SETTINGS_MODULE"] = "linli.settings"
        if given.database:
            os.environ["DATABASE_URL"] = given.database
        print(json.dumps(measure(given)))
    return 0


def measure(given: argparse.Namespace) -> dict[str, float]:
    """Load the town and write its history; only the history is timed."""
    import django

    django.setup()
    from django.core.management import call_command

    from linli.clock import now
    from linli.packs.loader import load
    from linli.simulate.beginning import begin

    call_command("migrate", verbosity=0)
    load(given.town)
    done = 0

    def say(reports: int) -> None:
        nonlocal done
        done += reports
        print(f"\r{done:,} reports", end="", file=sys.stderr, flush=True)

    started = perf_counter()
    written = begin(given.cases, given.years, given.seed, now(), say)
    seconds = perf_counter() - started
    print(file=sys.stderr)
    return {
        **written.figures(),
        "seconds": round(seconds, 2),
        "cases_per_s": round(written.cases / seconds, 1),
        "events_per_s": round(written.events / seconds, 1),
    }


if __name__ == "__main__":
    sys.exit(main())
