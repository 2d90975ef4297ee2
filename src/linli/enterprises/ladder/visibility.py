"""Who may see titles, standings and next steps: whoever may read the figures of the enterprise."""

from django.db.models import Q

from linli.enterprises.ladder.models import NextStep, Rung, Standing, Title
from linli.enterprises.readers import as_figures
from linli.people.scope import Scope, visible


@visible(Rung)
def _rungs(scope: Scope) -> Q:
    return Q(retired=False)


@visible(Title)
@visible(NextStep)
@visible(Standing)
def _hanging_on_enterprises(scope: Scope) -> Q:
    return as_figures(scope)
