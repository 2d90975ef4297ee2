"""What a person may see: one rule a model, used by pages, API, exports and streams alike."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from functools import cached_property
from typing import Any

from django.contrib.auth.models import AnonymousUser
from django.db.models import Model, Q, QuerySet

from linli.people.models import Lead, Membership, Organisation, Role, User
from linli.places.models import Area

_known: ContextVar[dict[int, "Scope"] | None] = ContextVar("linli_known", default=None)


@contextmanager
def remembered() -> Iterator[None]:
    """Know everybody's roles from one question, however many steps they take meanwhile.

    For a batch that changes no memberships: a simulation lets some hundred people take
    half a million steps.
    """
    scopes: dict[int, Scope] = {}

    def of(user: User) -> Scope:
        if user.pk not in scopes:
            found = scopes[user.pk] = Scope(user)
            found.__dict__ |= {"memberships": [], "led_areas": frozenset()}
        return scopes[user.pk]

    rows = Membership.objects.filter(organisation__retired=False).order_by("id")
    for row in rows.select_related("user", "organisation__area"):
        of(row.user).memberships.append(row)
    leads: dict[User, set[int]] = {}
    for lead in Lead.objects.select_related("user"):
        leads.setdefault(lead.user, set()).add(lead.area_id)
    for user, areas in leads.items():
        of(user).__dict__["led_areas"] = frozenset(areas)
    token = _known.set(scopes)
    try:
        yield
    finally:
        _known.reset(token)


Rule = Callable[["Scope"], Q]
_rules: dict[type[Model], Rule] = {}


def visible(model: type[Model]) -> Callable[[Rule], Rule]:
    """Declare the rule that says which rows of `model` a scope may see."""

    def declare(rule: Rule) -> Rule:
        _rules[model] = rule
        return rule

    return declare


class Scope:
    """A person's roles, areas and organisations, read once."""

    def __init__(self, user: User | AnonymousUser) -> None:
        self.user = user

    @property
    def _known(self) -> "Scope | None":
        known = _known.get()
        return known.get(self.user.pk) if known is not None and self.user.pk else None

    @cached_property
    def memberships(self) -> list[Membership]:
        if not self.user.is_authenticated:
            return []
        if (known := self._known) is not None:
            return known.memberships
        return list(
            Membership.objects.filter(user=self.user.pk, organisation__retired=False)
            .select_related("organisation__area")
            .order_by("id")
        )

    @cached_property
    def offices(self) -> list[Membership]:
        """What the person does for the town; who works for a plant has no reach beyond it."""
        plant = Organisation.Kind.PLANT
        return [one for one in self.memberships if one.organisation.kind != plant]

    @property
    def works_for_town(self) -> bool:
        """Whether the person has an office in the town, or leads an area."""
        return bool(self.offices or self.led_areas)

    @cached_property
    def led_areas(self) -> frozenset[int]:
        """Areas the person is a lead of."""
        if not self.user.is_authenticated:
            return frozenset()
        if (known := self._known) is not None:
            return known.led_areas
        return frozenset(self.user.leads.values_list("area_id", flat=True))

    def organisations(self, *roles: Role) -> frozenset[int]:
        """Organisations in which the person has one of `roles` (any role if none is named)."""
        return frozenset(
            m.organisation_id for m in self.memberships if not roles or m.role in roles
        )

    def has(self, *roles: Role) -> bool:
        """Tell whether the person holds one of `roles` anywhere in the town."""
        return any(m.role in roles for m in self.offices)

    def paths(self, *roles: Role) -> list[str]:
        """Return the paths of the areas over which the person holds one of `roles`."""
        return sorted({m.organisation.area.path for m in self.offices if m.role in roles})

    def holds(self, roles: tuple[Role, ...], area: Area | None) -> bool:
        """Tell whether one of `roles` reaches `area`; the whole town's for an unknown place."""
        where = area.path if area else ""
        return any(
            where.startswith(path) if area else path.count("/") == 1 for path in self.paths(*roles)
        )

    def of(self, model: type[Model]) -> QuerySet[Any]:
        """Return the rows of `model` that this person may see.

        Raises
        ------
        LookupError
            If no rule is declared for `model`: what has no rule is seen by nobody.
        """
        if model not in _rules:
            raise LookupError(f"no rule says who may see {model.__name__}")
        if not self.user.is_authenticated:
            return model._default_manager.none()
        return model._default_manager.filter(_rules[model](self))


def scope(user: User | AnonymousUser) -> Scope:
    """Return what `user` may see; asked again for the same object, the same answer."""
    known = getattr(user, "_scope", None)
    if known is None:
        known = user._scope = Scope(user)  # type: ignore[union-attr]
    return known


@visible(Organisation)
def _organisations(scope: Scope) -> Q:
    return Q(retired=False)


@visible(Area)
def _areas(scope: Scope) -> Q:
    return Q(retired=False)
