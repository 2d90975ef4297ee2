"""Whose figures a person may read: of these, ladder, scores and matches are shown."""

from django.db.models import Q, QuerySet

from linli.enterprises.models import Enterprise
from linli.enterprises.visibility import EVERYBODY, read, spoken_for
from linli.people.scope import Scope


def as_figures(scope: Scope, link: str = "enterprise__") -> Q:
    """Return the rule for rows that hang on an enterprise: seen like its figures."""
    office = read(scope, link)
    return office if office is EVERYBODY else office | spoken_for(scope, link)


def readable(scope: Scope) -> QuerySet[Enterprise]:
    """Return the enterprises whose figures the person may read."""
    return Enterprise.objects.filter(as_figures(scope, ""))
