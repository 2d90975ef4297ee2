"""Where the projects of a programme lie, as GeoJSON for the map."""

from collections import Counter
from datetime import date
from typing import Any

from django.urls import reverse
from django.utils.translation import gettext as _

from linli.people.scope import Scope
from linli.programmes.renewal.models import Level, Milestone, Node


def state_of(node: Node, late: int, today: date) -> str:
    """Return how a project stands: done, late, going or waiting."""
    if node.finished:
        return "done"
    if late or (node.ends and node.ends < today):
        return "late"
    return "going" if node.began else "waiting"


def words() -> dict[str, str]:
    """Return the states in words."""
    return {
        "done": _("Finished"), "late": _("Late"), "going": _("Under way"),
        "waiting": _("Not begun"),
    }  # fmt: skip


def features(node: Node, sight: Scope, today: date) -> dict[str, Any]:
    """Return the projects below a node that have a place, each with its state and address."""
    inside = sight.of(Node).filter(path__startswith=node.path)
    found = inside.select_related("owner").order_by("path")
    late = Counter(
        Milestone.objects.filter(
            node__in=inside.order_by().values("pk"), done=None, due__lt=today
        ).values_list("node_id", flat=True)
    )
    told, address = words(), reverse("programme", args=["CODE"])
    made = []
    for project in found:
        shape = project.shape or (
            {"type": "Point", "coordinates": [project.lon, project.lat]}
            if project.lon is not None and project.lat is not None
            else None
        )
        if shape is None:
            continue
        is_project = project.level == Level.PROJECT
        state = state_of(project, late[project.pk], today) if is_project else "frame"
        made.append(
            {
                "type": "Feature",
                "geometry": shape,
                "properties": {
                    "title": str(project),
                    "note": " · ".join(
                        filter(None, [told.get(state, ""), str(project.owner or "")])
                    ),
                    "state": state,
                    "url": address.replace("CODE", project.code),
                },
            }
        )
    return {"type": "FeatureCollection", "features": made}
