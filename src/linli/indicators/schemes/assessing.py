"""Judging an item: whoever does the work says how it stands, somebody else reviews that."""

from collections.abc import Sequence
from dataclasses import dataclass
from hashlib import sha256

from django.core.files.uploadedfile import UploadedFile
from django.db import transaction
from django.utils.translation import gettext as _

from linli.cases.evidence import MAX_FILES, NotEvidence, checked
from linli.cases.refusal import Refused
from linli.clock import now
from linli.indicators import spans
from linli.indicators.figures import ENTER
from linli.indicators.known import present
from linli.indicators.models import TOWN
from linli.indicators.schemes.grammar import Item
from linli.indicators.schemes.models import Assessment, Proof, Scheme
from linli.people.models import Role, User
from linli.people.scope import Scope
from linli.places.atlas import atlas
from linli.places.models import Area

Side = Assessment.Side
REVIEW = (Role.SUPERVISOR, Role.LEADER, Role.ADMINISTRATOR)
SHORTEST = 4  # characters of evidence
LONGEST = 4000


@dataclass(frozen=True)
class Judgement:
    """How many points somebody gives an item of a scheme, where, for when, and what shows it."""

    scheme: Scheme
    item: Item
    area: int
    period: str
    side: str
    points: float
    evidence: str

    @property
    def cell(self) -> tuple[str, str, int, str]:
        """What it is about."""
        return self.scheme.code, self.item.code, self.area, self.period


def _works_for(sight: Scope, function: str | None, area: Area | None) -> bool:
    """Tell whether somebody answers for a field of work in an area (None: in all of the town)."""
    if function is None:
        return False
    for one in sight.offices:
        if one.role in ENTER and function in one.organisation.functions:
            path = one.organisation.area.path
            if area.path.startswith(path) if area else path.count("/") == 1:
                return True
    return False


def sides(sight: Scope, scheme: Scheme, item: Item, area: Area | None) -> list[Side]:
    """Return on which sides somebody may judge an item in an area; None is the whole town."""
    if not item.judged:
        return []
    found = [Side.OWN] if _works_for(sight, item.function, area) else []
    reviewer = scheme.told.reviewer
    reviews = sight.holds(REVIEW, area) or (
        # No department reviews what is its own.
        reviewer != item.function and _works_for(sight, reviewer, area)
    )
    return found + ([Side.REVIEW] if reviews else [])


def item_of(scheme: Scheme, code: str) -> Item | None:
    """Return an item that is judged, None if there is none of that code."""
    return next((one for one in scheme.told.item if one.code == code and one.judged), None)


def areas_of(scheme: Scheme) -> list[Area]:
    """Return the areas a scheme scores beside the whole town."""
    areas = atlas().areas
    roots = {area.pk for area in areas.values() if area.parent_id is None}
    below = [a for a in areas.values() if a.parent_id in roots and not a.retired and not a.is_grid]
    return sorted(below, key=lambda area: area.code) if scheme.told.by_area else []


def area_with(scheme: Scheme, code: str) -> Area | None:
    """Return an area that a scheme scores by its code; None is the whole town.

    Raises
    ------
    LookupError
        If the scheme does not score it.
    """
    found = atlas().by_code.get(code)
    if not code or (found is not None and found.parent_id is None):
        return None
    if found is None or found not in areas_of(scheme):
        raise LookupError(code)
    return found


def period_with(scheme: Scheme, text: str) -> str:
    """Return a period of a scheme by its name.

    Raises
    ------
    ValueError
        If it is none of the scheme's, or still to come.
    """
    kind, n = spans.read(text)
    if kind != scheme.every or n > present()[kind]:
        raise ValueError(text)
    return spans.name(n, kind)


def bar(one: Judgement, sight: Scope, other_by: int | None) -> tuple[str, str] | None:
    """Return the field in which a judgement is wrong, and why it is refused; None if it is not.

    `other_by` is who judged the other side.
    """
    area = atlas().areas[one.area] if one.area else None
    if one.side not in sides(sight, one.scheme, one.item, area):
        return "side", _("You do not judge this item on this side.")
    if not 0 <= one.points <= (one.item.points or 0):
        return "points", _("Points must lie between 0 and %(most)s.") % {
            "most": f"{one.item.points:g}"
        }
    if len(one.evidence.strip()) < SHORTEST:
        return "evidence", _("Say what shows it: documents, figures, cases, places.")
    if other_by is not None and other_by == sight.user.pk:
        return "by", _("Nobody reviews their own assessment: another person has to.")
    return None


def assess(
    one: Judgement, sight: Scope, files: Sequence[UploadedFile] = (), entered: User | None = None
) -> Assessment:
    """Keep how many points somebody gives an item, and what shows it.

    Parameters
    ----------
    entered
        Who brings it in, where that is not the one who judged.

    Raises
    ------
    Refused
        If they may not on this side, the points or the evidence are none, or they would review
        what they assessed themselves.
    NotEvidence
        If a file is no photo or PDF, too large, or there are too many of them.
    """
    assert isinstance(sight.user, User)
    if len(files) > MAX_FILES:
        raise NotEvidence(_("At most %(n)d files at once.") % {"n": MAX_FILES})
    with transaction.atomic():
        Scheme.objects.select_for_update().get(pk=one.scheme.pk)
        standing = one.scheme.assessments.filter(
            item=one.item.code, area=one.area, period=one.period, newest=True
        )
        other = Side.REVIEW if one.side == Side.OWN else Side.OWN
        judged = standing.filter(side=other).values_list("by", flat=True).first()
        refusal = bar(one, sight, judged)
        if refusal is not None:
            raise Refused(refusal[1])
        proofs = [_proof(file) for file in files]
        standing.filter(side=one.side).update(newest=False)
        kept = one.scheme.assessments.create(
            item=one.item.code, area=one.area, period=one.period, side=one.side,
            points=one.points, evidence=one.evidence.strip()[:LONGEST], by=sight.user,
            entered=entered, at=now(),
        )  # fmt: skip
        for proof, file in proofs:
            proof.assessment = kept
            proof.file.save(f"{proof.sha256[:16]}.{proof.content_type.split('/')[1]}", file)
    return kept


def _proof(file: UploadedFile) -> tuple[Proof, UploadedFile]:
    content, kind = checked(file)
    file.seek(0)
    name = (file.name or "")[-200:]
    return Proof(name=name, content_type=kind, sha256=sha256(content).hexdigest()), file


def town_or(area: Area | None) -> int:
    """Return the key under which judgements of an area are kept."""
    return area.pk if area else TOWN
