"""Who may see products, needs and introductions: whoever may read the enterprise's figures."""

from django.db.models import Q

from linli.enterprises.matching.models import Introduction, Need, Product
from linli.enterprises.readers import as_figures
from linli.people.scope import Scope, visible


@visible(Product)
@visible(Need)
def _wares(scope: Scope) -> Q:
    return as_figures(scope)


@visible(Introduction)
def _introductions(scope: Scope) -> Q:
    return as_figures(scope, "need__enterprise__")
