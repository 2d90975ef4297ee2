"""What was done on an asset and what was found: entries by hand, and of cases that were closed."""

from collections.abc import Sequence
from datetime import datetime

from linli import clock
from linli.assets.register.models import Asset, AssetCase, Entry
from linli.cases import notices
from linli.cases.chain import Draft
from linli.cases.models import Case, Event
from linli.people.models import User

REPAIRS = "maintenance"  # the field of work whose cases are repairs
MOST = 600  # characters of what was done


def note(
    asset: Asset,
    what: str,
    done: str,
    by: User | None,
    *,
    found: str = "",
    minutes: int | None = None,
    case: Case | None = None,
    at: datetime | None = None,
) -> Entry:
    """Add a line to the history of an asset; a case has one line on each asset."""
    told = {
        "at": at or clock.now(), "what": what, "done": done[:MOST], "found": found[:MOST],
        "minutes": minutes, "by": by,
    }  # fmt: skip
    if case is None:
        return Entry.objects.create(asset=asset, **told)
    return Entry.objects.update_or_create(asset=asset, case=case, defaults=told)[0]


@notices.hears
def _closed(drafts: Sequence[Draft], told: object) -> None:
    """Take what was done about an asset into its history once the case is closed."""
    keys = [draft.case.pk for draft in drafts if draft.event.action == "close"]
    rows = AssetCase.objects.filter(case__in=keys) if keys else ()
    for row in rows:
        if Entry.objects.filter(asset=row.asset_id, case=row.case_id).exists():
            continue  # said already by whoever did it
        case = Case.objects.select_related("category").get(pk=row.case_id)
        last = Event.objects.filter(case=case, action="resolve").order_by("-seq").first()
        if last is None:
            continue
        is_repair = case.category is not None and case.category.function == REPAIRS
        note(
            row.asset, Entry.What.REPAIRED if is_repair else Entry.What.INSPECTED,
            str(last.data.get("reply", "")), last.by, found=case.title, case=case, at=last.at,
        )  # fmt: skip
