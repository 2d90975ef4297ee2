"""Who may see products, needs and what hangs on them: who may read the enterprise's figures."""

from django.db.models import Q

from linli.enterprises.matching.models import Introduction, Need, Product, Supply
from linli.enterprises.readers import as_figures
from linli.people.scope import Scope, visible


@visible(Product)
@visible(Need)
def _wares(scope: Scope) -> Q:
    return as_figures(scope)


@visible(Introduction)
@visible(Supply)
def _of_needs(scope: Scope) -> Q:
    return as_figures(scope, "need__enterprise__")
