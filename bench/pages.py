"""How long the server takes for every page, for every role and with every filter.

    python bench/pages.py [--home DIR] [--cases 60000] [--repeat 5] [--only cases,desk]
                           [--roles guest,leader]

Without `--home` it builds a demonstration with a simulated history in a temporary folder first.
Times are those of Django's handler with all middleware, database and template, in one process
and without a network. The process makes ready what a worker of the site makes ready before its
first request (`linli.web.warm`); beyond that one request for each page of the process is not
timed, for it imports modules. Every other request is, also the first of a role and of a query.

Pages are taken from the URL configuration; `walk/table.py` says what each is opened with. What
the worker keeps ready (tallies, topics, leagues) is brought up to date before. What a page needs
and the history lacks (a key, a webhook, a deliberation, a file to import …) is made as well
(`walk/supply.py`), all in one transaction that is rolled back at the end, so the installation
stays as it was. Addresses that only take a POST are no pages; they stand under `posted`, found by
asking each of them. A POST that changes nothing and answers while somebody types (`advice`,
`already`) is measured as a page. What is left stands under `unmeasured`, and then the bench ends
with an error.

`queries` is the most that one request of the page asked, `worst` the slowest request and its
median, `p95_cpu_ms` what this process itself worked: with SQLite nearly all of it, and the
figure to look at where other programs run beside the bench.
"""

import argparse
import json
import logging
import os
import sys
import tempfile
from pathlib import Path
from typing import Any

from walk.measuring import say, walked
from walk.supply import supplied

ROOT = Path(__file__).parent.parent


def main() -> None:
    """Build what is missing, measure and print."""
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--home", type=Path, help="an installation with the demo's history")
    parser.add_argument("--cases", type=int, default=60_000)
    parser.add_argument("--repeat", type=int, default=5)
    parser.add_argument("--only", default="", help="names of pages, with commas between")
    parser.add_argument("--roles", default="", help="accounts, or guest, with commas between")
    given = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        os.environ["LINLI_HOME"] = str(given.home or folder)
        os.environ["LINLI_DEMO"] = "1"
        os.environ["DJANGO_SETTINGS_MODULE"] = "linli.settings"
        os.environ.setdefault("LINLI_HOSTS", "testserver localhost")
        import django

        django.setup()
        found = run(given)
        print(json.dumps(found, ensure_ascii=False))
        sys.exit(1 if found["unmeasured"] and not (given.only or given.roles) else 0)


def run(given: argparse.Namespace) -> dict[str, Any]:
    """Measure in the installation of this process."""
    from django.conf import settings
    from django.core.management import call_command

    from linli import demonstration
    from linli.cases.models import Case
    from linli.web import warm

    call_command("migrate", verbosity=0)
    call_command("collectstatic", verbosity=0, interactive=False)
    settings.ALLOWED_HOSTS = ["*"]
    logging.disable(logging.CRITICAL)  # of pages that a role may not open
    if not Case.objects.exists():
        say("a history is being made …")
        demonstration.prepare(ROOT / "towns/pinghu", given.cases, 2.0, 1, lambda done: None)
    warm.up()
    only, roles = ({name for name in text.split(",") if name}
                   for text in (given.only, given.roles))  # fmt: skip
    say("clocks, tallies, topics and leagues …")
    with supplied():
        found = walked(only, given.repeat, roles)
    tell(found)
    return {"cases": Case.objects.count(), **found}


def tell(found: dict[str, Any]) -> None:
    """Say on stderr what was measured, the slowest page first."""
    for name, page in sorted(found["pages"].items(), key=lambda entry: -entry[1]["p95_ms"]):
        say(f"{name:20} p50 {page['p50_ms']:7.1f}  p95 {page['p95_ms']:7.1f}  "
            f"cpu {page['p95_cpu_ms']:6.1f}  "
            f"{page['queries']:3} queries  {page['worst']}")  # fmt: skip
    say(f"taken by POST only: {', '.join(found['posted'])}")
    if found["library"]:
        say(
            f"of the sign-in library, where there is nothing to show: {', '.join(found['library'])}"
        )
    if found["unmeasured"]:
        say(f"UNMEASURED: {', '.join(found['unmeasured'])}")


if __name__ == "__main__":
    main()
