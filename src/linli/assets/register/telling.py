"""What is found on an asset becomes a case of those who keep it."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime

from django.core.files.uploadedfile import UploadedFile
from django.db import transaction

from linli import clock
from linli.assets.register import tree
from linli.assets.register.models import Asset, AssetCase
from linli.assets.register.owning import sides
from linli.cases.evidence import Kept
from linli.cases.intake import Report, categories, receive
from linli.cases.models import ENDED, Case, Source
from linli.people.models import User

MAX_OCCASION = 60  # characters of an external id, so that its later occasions fit too


def tell(
    asset: Asset,
    category: str,
    title: str,
    body: str,
    *,
    source: str,
    external_id: str,
    evidence: Sequence[UploadedFile | Kept] = (),
    at: datetime | None = None,
    reporter: User | None = None,
) -> Case:
    """Open a case about an asset, or return the one that is open for the same occasion.

    Parameters
    ----------
    category
        Code of a category; its function says which department of the plant owns the case.
        About an asset of the town the case goes where the town's routing sends it.
    external_id
        Names the occasion, at most 60 characters. While a case of it is open no second one is
        opened; once that case has ended, the same occasion opens another.
    at
        When it was found; now by default.
    reporter
        Who found it, if it was a person.

    Raises
    ------
    linli.cases.intake.Unusable
        If it cannot be taken in, as of any report.
    """
    if len(external_id) > MAX_OCCASION:
        raise ValueError(f"an occasion has at most {MAX_OCCASION} characters: {external_id!r}")
    with transaction.atomic():
        # Who tells of the same asset at the same time waits here.
        locked = Asset.objects.select_for_update().get(pk=asset.pk)
        before = list(
            AssetCase.objects.filter(source=source, external_id=external_id)
            .select_related("case").defer("case__sketch").order_by("-id")
        )  # fmt: skip
        if before and before[0].case.state not in ENDED:
            return before[0].case
        known = categories().get(category)
        report = Report(
            title, body, source=source, category=category, created=at, reporter=reporter,
            external_id=f"{external_id}~{len(before) + 1}" if before else external_id,
            evidence=evidence, sides=sides(locked, known.function) if known else None,
        )  # fmt: skip
        case = receive([placed(report, locked)])[0].case
        AssetCase.objects.get_or_create(
            asset=locked, case=case,
            defaults={"source": source, "external_id": external_id, "at": at or clock.now()},
        )  # fmt: skip
    return case


def placed(report: Report, asset: Asset) -> Report:
    """Say where a report is: the point of the asset or the nearest above it, and its area."""
    rows = tree.above(asset)
    point = next((row for row in rows if row.lon is not None and row.lat is not None), None)
    area = next((row.area for row in rows if row.area is not None), None)
    return replace(
        report, lon=point.lon if point else None, lat=point.lat if point else None,
        area=area.code if area and not area.retired else None,
    )  # fmt: skip


FAULT = "machine-fault"


def fault(
    asset: Asset,
    by: User,
    title: str,
    body: str,
    once: str,
    evidence: Sequence[UploadedFile | Kept] = (),
) -> Case:
    """Open a case of what somebody standing at an asset says is wrong with it.

    `once` names the report: sent twice, it is one case.
    """
    return tell(
        asset, FAULT, f"{asset.code} {asset.name}：{title}"[:200], body, source=Source.PATROL,
        external_id=f"fault:{once}"[:MAX_OCCASION], evidence=evidence, reporter=by,
    )  # fmt: skip
