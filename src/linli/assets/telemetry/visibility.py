"""Who sees what machines say, and who sets up where it comes from.

Tags, their faults and alarms are seen by whoever sees the asset. Sources are set up by those who
keep assets; a source of one plant by those of that plant.
"""

from django.db.models import Q

from linli.assets.register.visibility import keeps, may_write, within, works_with
from linli.assets.telemetry.models import Line, Node, Refusal, Rule, Source, Tag, Watch
from linli.people.models import Role
from linli.people.scope import Scope, visible

NOBODY = Q(pk__in=[])


@visible(Tag)
def _tags(scope: Scope) -> Q:
    return within(scope, "asset__")


@visible(Watch)
def _watches(scope: Scope) -> Q:
    return within(scope, "tag__asset__")


@visible(Rule)
def _rules(scope: Scope) -> Q:
    return Q(retired=False) if works_with(scope) else NOBODY


@visible(Source)
def _sources(scope: Scope) -> Q:
    if not may_write(scope):
        return NOBODY
    return Q(asset=None) | within(scope, "asset__")


@visible(Line)
def _lines(scope: Scope) -> Q:
    return Q(source__in=Source.objects.filter(_sources(scope)).order_by())


@visible(Node)
def _nodes(scope: Scope) -> Q:
    return Q(source__in=Source.objects.filter(_sources(scope)).order_by())


@visible(Refusal)
def _refusals(scope: Scope) -> Q:
    """Return faults of tags a person sees; names that are no tag, for those who could make one."""
    seen = within(scope, "tag__asset__")
    if may_write(scope):
        return (seen & Q(tag__isnull=False)) | Q(tag=None)
    return seen & Q(tag__isnull=False)


def sets_up(scope: Scope, source: Source | None = None) -> bool:
    """Tell whether a person may set up sources, or change this one."""
    if source is None or source.asset is None:
        return scope.has(Role.ADMINISTRATOR) or may_write(scope)
    return keeps(scope, source.asset)
