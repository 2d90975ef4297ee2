"""Who may see scores and appeals: whoever may read the figures of the enterprise."""

from django.db.models import Q

from linli.enterprises.per_mu.models import Appeal, Scheme, Score
from linli.enterprises.readers import as_figures
from linli.people.scope import Scope, visible


@visible(Scheme)
def _schemes(scope: Scope) -> Q:
    return Q()


@visible(Score)
@visible(Appeal)
def _hanging_on_enterprises(scope: Scope) -> Q:
    return as_figures(scope)
