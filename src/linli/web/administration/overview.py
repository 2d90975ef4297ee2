"""The town at a glance for whoever keeps it in order: what is loaded, and whether all is well."""

import shutil
from pathlib import Path
from typing import Any

from django.conf import settings
from django.db import connection
from django.db.models import Count, Max, Q
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from linli import __version__
from linli.cases.models import Case, Category, Event, Ruling
from linli.clock import now
from linli.doors.models import Message
from linli.people.administration import Reach, for_administrators
from linli.people.listing import gap
from linli.people.models import AuditEntry, Lead, Organisation, User
from linli.people.scope import Scope, scope
from linli.places.models import Area
from linli.scores import pulse
from linli.web.administration.naming import named
from linli.web.administration.people import administrator


@for_administrators
@require_safe
def overview(request: HttpRequest) -> HttpResponse:
    sight, reach = scope(request.user), Reach(administrator(request))
    entries = list(sight.of(AuditEntry).select_related("by")[:8])
    named(entries)
    return render(
        request,
        "administration/overview.html",
        {
            "is_whole": reach.is_whole,
            "entries": entries,
            **counted(sight, reach),
            **({"health": True, **health()} if reach.is_whole else {}),
        },
    )


def counted(sight: Scope, reach: Reach) -> dict[str, Any]:
    """Count what the town has, as far as somebody administers it."""
    within = sight.of(Area).filter(reach.within("path"))
    return {
        "version": __version__,
        "accounts": sight.of(User).aggregate(
            all=Count("pk"),
            closed=Count("pk", filter=Q(is_active=False)),
            never=Count("pk", filter=Q(is_active=True, last_login=None)),
        ),
        "organisations": reach.organisations.count(),
        "areas": within.aggregate(all=Count("pk"), grids=Count("pk", filter=Q(is_grid=True))),
        "gaps": {name: within.filter(gap(name)).count() for name in ("one", "none")},
        "leads": Lead.objects.filter(area__in=within.order_by().values("pk")).count(),
        "teams": Organisation.objects.filter(retired=False, kind="territorial").count(),
        "rulings": Ruling.objects.filter(withdrawn=False).count(),
        "categories": Category.objects.filter(retired=False).count(),
    }


def health() -> dict[str, Any]:
    """Look whether everything that runs by itself runs, and how much room is left."""
    disk = shutil.disk_usage(settings.HOME)
    return {
        "worker_alive": pulse.is_alive(),
        "worker_last": pulse.last(),
        "unfolded": Event.objects.filter(folded=False).count(),
        "late": Case.objects.filter(clock_at__lt=now()).count(),
        # Cases are never deleted: their last number says how many there are.
        "cases": Case.objects.aggregate(last=Max("pk"))["last"] or 0,
        "given_up": Message.objects.filter(state=Message.State.GIVEN_UP).count(),
        "database": connection.vendor,
        "database_bytes": _database_bytes(),
        "disk_free": disk.free,
        "disk_share": disk.used / disk.total,
    }


def _database_bytes() -> int:
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_database_size(current_database())")
            return int(cursor.fetchone()[0])
    path = Path(str(connection.settings_dict["NAME"]))
    return sum(
        part.stat().st_size for part in (path, Path(f"{path}-wal")) if part.exists()
    )  # fmt: skip
