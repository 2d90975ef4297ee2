"""What a negotiator does: climb, offer, promise, take back, note, file a contract."""

from datetime import date
from decimal import Decimal
from hashlib import sha256

from django.core.files.uploadedfile import UploadedFile
from django.db import transaction
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from linli.cases.evidence import checked
from linli.clock import now
from linli.people.models import User
from linli.programmes import climbing
from linli.programmes.ladders import NotClimbed, Stage
from linli.programmes.remediation import alike, sheets
from linli.programmes.remediation.models import SIGNED, Contract, Holding, Promise, Talk
from linli.scores.periods import local_day


def bars(
    holding: Holding, stage: str, on: date | None = None, compared: alike.Compared | None = None
) -> list[str]:
    """Say what has to be done before a holding may climb onto a stage.

    Before it signs it needs a sheet whose bonus still holds on that day, and a reason for
    whatever differs from its like (`compared`, if that was looked up before).
    """
    if stage != SIGNED:
        return []
    found = []
    last = holding.offers.order_by("-number").first()
    if last is None:
        found.append(_("No compensation sheet was offered yet."))
    elif last.until is not None and last.until < (on or local_day(now())):
        found.append(_("The bonus of version %(n)d held until %(day)s: offer a new one.")
                     % {"n": last.number, "day": last.until})  # fmt: skip
    if last is not None and last.total != (current := sheets.sheet_of(holding, last.on)).total:
        found.append(_("Version %(n)d says %(was)s yuan, the inventory and promises now make "
                       "%(now)s: offer a new one.")
                     % {"n": last.number, "was": f"{last.total:,}",
                        "now": f"{current.total:,}"})  # fmt: skip
    differs = len((compared or alike.compare(holding)).open)
    if differs:
        told = ngettext(
            "%(n)d difference from like cases has no reason yet.",
            "%(n)d differences from like cases have no reason yet.",
            differs,
        )
        found.append(told % {"n": differs})
    return found


def next_stage(holding: Holding) -> Stage | None:
    """Return the stage that comes next on the way; None at its end."""
    ahead = [stage for stage in holding.ladder.after(holding.stage) if not stage.is_aside]
    return ahead[0] if ahead else None


def climb(holding: Holding, stage: str, by: User, on: date | None = None, note: str = "") -> None:
    """Let a holding take a step.

    Raises
    ------
    NotClimbed
        If the ladder does not allow it, or something has to be done before.
    """
    with transaction.atomic():
        is_back = bool(holding.stage) and any(
            stage == before.code for before in holding.ladder.before(holding.stage)
        )
        missing = [] if is_back else bars(holding, stage, on)
        if missing:
            raise NotClimbed(" ".join(missing))
        climbing.climb(holding, stage, by, on, note)


def promise(
    holding: Holding, item: str, by: User, amount: Decimal | None = None, wording: str = ""
) -> Promise:
    """Keep what was promised; the next one who comes sees it."""
    return Promise.objects.create(
        holding=holding, item=item, amount=amount, wording=wording, by=by, on=local_day(now())
    )


class Gone(ValueError):
    """A promise that was taken back already, or that stands in a signed contract."""


def take_back(row: Promise, reason: str) -> None:
    """Take a promise back; it stays to be read.

    Raises
    ------
    Gone
        If it was taken back already, or the holding has signed.
    """
    if row.withdrawn_on is not None:
        raise Gone(_("It was taken back already."))
    if has_signed(row.holding):
        raise Gone(_("It stands in a signed contract."))
    if not reason.strip():
        raise Gone(_("Say why."))
    row.withdrawn_on, row.reason = local_day(now()), reason.strip()
    row.save(update_fields=["withdrawn_on", "reason"])


def note(holding: Holding, way: str, text: str, by: User) -> Talk:
    """Add a line to the negotiation log."""
    return Talk.objects.create(holding=holding, way=way, text=text, by=by, on=local_day(now()))


def file_contract(holding: Holding, file: UploadedFile, by: User) -> Contract:
    """Keep a signed paper.

    Raises
    ------
    NotEvidence
        If it is no photo or PDF of at most 20 MB.
    """
    content, kind = checked(file)
    digest = sha256(content).hexdigest()
    row = Contract(holding=holding, content_type=kind, sha256=digest, by=by, at=now())
    file.seek(0)
    row.file.save(f"{digest[:16]}.{kind.split('/')[1]}", file, save=False)
    row.save()
    return row


def has_signed(holding: Holding) -> bool:
    """Tell whether a holding stands at the signing or beyond it."""
    return holding.stage in signed_stages(holding)


def signed_stages(holding: Holding) -> frozenset[str]:
    """Return the stages that come with or after signing."""
    way = holding.ladder.way
    at = next((stage.position for stage in way if stage.code == SIGNED), len(way))
    return frozenset(stage.code for stage in way[at:])
