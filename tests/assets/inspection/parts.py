"""Stations of the small plant with parts that were judged, as the pages find them."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from io import BytesIO

from django.db import transaction
from PIL import Image

from linli.assets.inspection import counting, pictures
from linli.assets.inspection.models import (
    Flaw,
    FlawKind,
    Inspection,
    Lot,
    Product,
    Station,
    Verdict,
    Version,
)
from tests.assets.plant import asset

SIDE = 32


def station(code: str = "line-1-end", at: str = "P1-L1-CAM", **told: object) -> Station:
    """Return a station of the plant with a version in use, its product and two kinds of flaws."""
    product, _new = Product.objects.get_or_create(code="tile", defaults={"name": "磁瓦"})
    for number, (kind, name, english) in enumerate(
        [("scratch", "划伤", "Scratch"), ("dent", "凹坑", "Dent")], 1
    ):
        FlawKind.objects.get_or_create(
            code=kind,
            defaults={"name": name, "name_en": english, "number": number, "product": product},
        )
    made = Station.objects.create(
        code=code, name="一号线终检", name_en="End of line 1", asset=asset(at), product=product,
        method="surface", feed="http", **told,
    )  # fmt: skip
    version = Version.objects.create(
        station=made, number=1, state=Version.State.CURRENT, threshold=3.0,
        asked_at=datetime.fromisoformat("2026-03-01T08:00:00+08:00"),
    )  # fmt: skip
    made.version = version
    made.save()
    return made


def lot(code: str = "L1", **told: object) -> Lot:
    """Return a lot of the product."""
    first = datetime.fromisoformat("2026-03-10T08:00:00+08:00")
    found, _new = Lot.objects.get_or_create(
        code=code, product=Product.objects.get(code="tile"),
        defaults={"began_at": first, "last_at": first, **told},
    )  # fmt: skip
    return found


def picture(name: str, shade: int = 128) -> str:
    """Keep a grey picture under a name, and return the name."""
    out = BytesIO()
    Image.new("L", (SIDE, SIDE), shade).save(out, "JPEG")
    pictures.keep(name, out.getvalue())
    return name


def heat(name: str) -> str:
    """Keep a heat map whose middle is hot, and return its name."""
    cells = Image.new("L", (4, 4), 0)
    cells.putpixel((2, 2), 255)
    out = BytesIO()
    cells.save(out, "PNG")
    pictures.keep(name, out.getvalue())
    return name


def parts(
    where: Station, verdicts: Sequence[str], first: datetime, *, of: Lot | None = None,
    kind: str = "scratch", seconds: float = 10.0,
) -> list[Inspection]:  # fmt: skip
    """Record parts a few seconds apart: "g" good, "f" flawed, "u" a picture of no use."""
    told = {"g": Verdict.GOOD, "f": Verdict.FLAWED, "u": Verdict.UNUSABLE}
    begun = Inspection.objects.count()
    rows = []
    for n, letter in enumerate(verdicts, begun):
        verdict = told[letter]
        rows.append(
            Inspection(
                station=where, lot=of, serial=f"S{n:04d}", key=f"k{n}", verdict=verdict,
                at=first + timedelta(seconds=seconds * (n - begun)), version=where.version,
                reason="blurred" if verdict == Verdict.UNUSABLE else "",
                score=5.0 if verdict == Verdict.FLAWED else 1.0, threshold=3.0,
                picture=picture(f"{where.code}/{n}.jpg"), heat=heat(f"{where.code}/{n}.png"),
                width=SIDE, height=SIDE,
            )
        )  # fmt: skip
    Inspection.objects.bulk_create(rows)
    found = FlawKind.objects.get(code=kind)
    flaws = [
        Flaw(inspection=row, kind=found, box=[4, 4, 12, 12], score=5.0)
        for row in rows if row.verdict == Verdict.FLAWED
    ]  # fmt: skip
    Flaw.objects.bulk_create(flaws)
    with transaction.atomic():
        counting.count(where, rows, flaws)
    if of:
        of.parts += len(rows)
        of.flawed += len(flaws)
        of.last_at = rows[-1].at
        of.save()
    return rows
