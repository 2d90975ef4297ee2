"""What the pages need and this installation may lack; all of it is taken back afterwards.

A supply is a function of `Town`; `SUPPLIES` lists them. Each writes within one transaction that
is rolled back; a supply that writes a file gives it to `Town.files`.
"""

import csv
import io
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from functools import cached_property
from pathlib import Path
from typing import Any

A_FILE = b"%PDF-1.4\n% a paper of the bench\n"


@dataclass
class Town:
    """The town as it stands: its accounts, a grid and what is offered there."""

    at: datetime
    who: dict[str, Any]
    files: list[Path] = field(default_factory=list)

    @cached_property
    def offered(self) -> tuple[Any, Any, Any]:
        """A community grid, something on the service list there, and whoever provides it."""
        from linli.places.models import COMMUNITY, Area
        from linli.stewards import bookings
        from linli.stewards.models import Offer

        grids = Area.objects.filter(is_grid=True, layer=COMMUNITY, retired=False).order_by("code")
        return next(
            (grid, offer, serves)
            for grid in grids.defer("wkb")
            for offer in Offer.objects.filter(retired=False)
            if (serves := bookings.provider(offer, grid)) is not None
        )

    @cached_property
    def case(self) -> Any:
        """A case that a resident told of."""
        return self.told("楼上每晚跳操，楼板一直响", self.offered[0])

    def told(self, title: str, grid: Any) -> Any:
        from linli.cases.intake import Report, receive
        from linli.cases.models import Case

        told = Report(title, area=grid.code, reporter=self.who["resident"])
        return Case.objects.get(pk=receive([told])[0].case.pk)

    def file(self) -> Any:
        from django.core.files.base import ContentFile

        return ContentFile(A_FILE, "paper.pdf")


def home_and_bookings(town: Town) -> None:
    from linli.stewards.models import Booking, Home

    grid, offer, serves = town.offered
    booker = town.who["resident"]
    Home.objects.update_or_create(user=booker, defaults={"grid": grid, "since": town.at})
    Booking.objects.bulk_create(
        Booking(offer=offer, organisation=serves, grid=grid, booker=booker, seat=n,
                starts_at=town.at + timedelta(days=3, minutes=30 * n), booked_at=town.at)
        for n in range(40)
    )  # fmt: skip


def matters_to_triage(town: Town) -> None:
    """Matters nobody has sorted yet, in the grids of the steward."""
    from linli.people.models import Role
    from linli.people.scope import scope
    from linli.places.models import Area

    under = scope(town.who["steward"]).paths(Role.STEWARD)
    grids = Area.objects.filter(is_grid=True, retired=False).defer("wkb")
    grid = next((grid for grid in grids if grid.path.startswith(tuple(under))), None)
    for title in ("邻居家的空调外机滴水，吵得睡不着", "楼道里堆着旧家具，老人进出不便"):
        town.told(title, grid or town.offered[0])


def deliberations(town: Town) -> None:
    from linli.cases.models import Case, Deliberation

    held = Deliberation.objects.values("case")
    rows = Case.objects.filter(community_grid=town.case.community_grid).exclude(pk__in=held)
    for row in rows.order_by("-pk")[:40]:
        Deliberation.objects.create(
            case=row, question="怎么办？", venue="驿站",
            meets_at=town.at + timedelta(days=3), opened_at=town.at,
        )  # fmt: skip


def keys_and_leave(town: Town) -> None:
    from linli.doors import keys
    from linli.people.models import Leave

    for name, user in town.who.items():
        if name != "resident":
            keys.issue(user, "大屏", list(keys.scopes())[:3], None)
            Leave.objects.create(user=user, since=town.at, until=town.at + timedelta(days=2))


def webhook(town: Town) -> None:
    from linli.doors.models import Message, Webhook

    by = town.who["administrator"]
    hook = Webhook.objects.create(
        name="热线", url="https://hotline.example/", by=by, at=town.at
    )  # fmt: skip
    Message.objects.bulk_create(
        Message(kind=Message.Kind.WEBHOOK, key=f"bench {n}", webhook=hook, address=hook.url,
                at=town.at, next_at=town.at, state=Message.State.GIVEN_UP,
                payload={"event": "report", "case": town.case.code})
        for n in range(200)
    )  # fmt: skip


def uploads(town: Town) -> None:
    """A file to import. Its texts are real: of near twins alone foreseeing costs the square."""
    from django.core.files.uploadedfile import SimpleUploadedFile

    from linli.cases.models import Case
    from linli.doors import uploads
    from linli.doors.models import Upload
    from linli.tables import declared

    texts = Case.objects.order_by("-pk").values_list("title", "body")[:500]
    lines = io.StringIO()
    csv.writer(lines).writerows([("title", "body"), *texts])
    known = set(Upload.objects.values_list("pk", flat=True))
    for name in ("dispatcher", "administrator"):
        file = SimpleUploadedFile("cases.csv", lines.getvalue().encode())
        uploads.keep(town.who[name], declared()["cases"], file)
    for upload in Upload.objects.exclude(pk__in=known):
        town.files += [upload.path, upload.lines_path]


def draft(town: Town) -> None:
    from linli.packs.models import TownVersion

    TownVersion.objects.create(how="pack", by=town.who["administrator"], at=town.at)


def appeals(_town: Town) -> None:
    from linli.scores.models import Rating

    asked = Rating.objects.filter(appeal="").order_by("-id").values_list("pk", flat=True)[:60]
    Rating.objects.filter(pk__in=list(asked)).update(appeal=Rating.Appeal.ASKED)


def signed_paper(town: Town) -> None:
    """The file of a contract of remediation."""
    from linli.programmes.remediation.models import Contract, Holding

    row = Contract(holding=Holding.objects.order_by("-pk").first(), at=town.at,
                   content_type="application/pdf", sha256="0" * 64)  # fmt: skip
    row.file.save("paper.pdf", town.file())
    town.files.append(Path(row.file.path))


def proof_of_milestone(town: Town) -> None:
    """The file that shows a milestone of a programme to be reached."""
    from linli.programmes.models import Milestone

    row = Milestone.objects.order_by("-pk").first()
    row.content_type = "application/pdf"
    row.file.save("paper.pdf", town.file())
    town.files.append(Path(row.file.path))


def proof_of_assessment(town: Town) -> None:
    """The file that shows what a judgement of a scoring scheme says."""
    from linli.indicators.schemes.models import Assessment, Proof

    row = Proof(assessment=Assessment.objects.order_by("-pk").first(), name="paper.pdf",
                content_type="application/pdf", sha256="0" * 64)  # fmt: skip
    row.file.save("paper.pdf", town.file())
    town.files.append(Path(row.file.path))


SUPPLIES = (
    home_and_bookings, matters_to_triage, deliberations, keys_and_leave, webhook, uploads, draft,
    appeals, signed_paper, proof_of_milestone, proof_of_assessment,
)  # fmt: skip


@contextmanager
def supplied() -> Iterator[None]:
    """Have what the pages need for as long as they are measured, and leave nothing behind."""
    from django.db import transaction

    from linli.clock import now
    from linli.demonstration import ACCOUNTS
    from linli.people.models import User

    town = Town(now(), {name: User.objects.get(username=name) for name in ACCOUNTS})
    with transaction.atomic():
        try:
            work()
            for supply in SUPPLIES:
                supply(town)
            yield
        finally:
            transaction.set_rollback(True)
            for path in town.files:
                path.unlink(missing_ok=True)


def work() -> None:
    """Do what the worker beside the site has done long before anybody looks."""
    from linli import background
    from linli.indicators.bulletins import making as bulletins
    from linli.scores import kept

    background.once()
    background.ponder()
    kept.refresh(seconds=float("inf"))
    bulletins.refresh(seconds=float("inf"))
