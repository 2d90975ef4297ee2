"""Rows of remediation from a file: laid over those there are, and checked before any is written."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

import shapely
from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.models import Model
from django.utils.translation import gettext as _
from shapely.geometry.base import BaseGeometry

from linli.clock import now
from linli.engines.geo import hectares
from linli.people.models import Organisation, User
from linli.people.scope import Scope
from linli.places.models import Area
from linli.places.writing import shape_from
from linli.programmes.ladders import NotClimbed, Step, check_step, climb_all
from linli.programmes.remediation import sheets
from linli.programmes.remediation.models import (
    Block,
    Campaign,
    Disposition,
    Holding,
    Item,
    Parcel,
    Policy,
    Price,
    Promise,
    Talk,
)
from linli.programmes.remediation.visibility import administers, may_import, works_in
from linli.scores.periods import local_day
from linli.tables import CHANGED, NEW, UNCHANGED, Fate, Values, Writer, Wrong

MU_A_HECTARE = 15
ABSURD = 0.25  # a shape this much off its given figure is another shape, or another unit
LARGE = 1e15
SPILL = 0.02  # how much of a parcel may lie outside of its block, or on another parcel


# What is read with a row that others refer to, so that no row asks for itself.
JOINED: dict[type[Model], tuple[str, ...]] = {
    Block: ("campaign__policy",),
    Parcel: ("block__campaign__policy__ladder", "block__campaign__policy__upgrade_ladder"),
    Holding: ("parcel__block__campaign__policy",),
}


@dataclass(frozen=True)
class Plan:
    """How the rows of one table become objects.

    Attributes
    ----------
    links
        Column → the model and field in which its key is looked up.
    keys
        Columns that together name a row.
    whose
        Given an object, the campaign it belongs to: who answers for that may write it.
    finish
        Looks at an object whose own fields are right, and returns what else is wrong.
    later
        What is written with an object that is there: the rest of what the row says.
    aside
        Columns that are no fields of the object.
    beside
        What is read beside the rows there are.
    """

    model: type[Model]
    links: dict[str, tuple[type[Model], str]]
    whose: Callable[[Any], Campaign | None]
    keys: tuple[str, ...] = ("code",)
    finish: Callable[[Any, Values], list[Wrong]] = lambda row, values: []
    later: Callable[[Any, Values], bool] = lambda row, values: False
    aside: frozenset[str] = frozenset()
    beside: tuple[str, ...] = ()


@dataclass
class Laid:
    """A row as it would stand, and what would become of it."""

    row: Any
    fate: str
    wrongs: list[Wrong] = field(default_factory=list)


def _targets(plan: Plan, rows: Sequence[Values]) -> dict[str, dict[str, Any]]:
    found = {}
    for column, (model, lookup) in plan.links.items():
        wanted = {values[column] for values in rows if values.get(column)}
        there = model._default_manager.filter(**{f"{lookup}__in": wanted})
        there = there.select_related(*JOINED.get(model, ()))
        found[column] = {getattr(row, lookup): row for row in there}
    return found


def _key(plan: Plan, values: Values) -> tuple[Any, ...]:
    return tuple(values.get(name) for name in plan.keys)


def _present(plan: Plan, rows: Sequence[Values]) -> dict[tuple[Any, ...], Any]:
    first = plan.keys[0]
    lookup = f"{first}__{plan.links[first][1]}" if first in plan.links else first
    there = (
        plan.model._default_manager.filter(
            **{f"{lookup}__in": [values.get(first) for values in rows]}
        )
        .select_related(*plan.links)
        .prefetch_related(*plan.beside)
    )
    return {
        tuple(
            getattr(getattr(row, name), plan.links[name][1]) if name in plan.links
            else getattr(row, name)
            for name in plan.keys
        ): row
        for row in there
    }  # fmt: skip


def _lay(plan: Plan, scope: Scope, rows: Sequence[Values]) -> list[Laid]:
    targets, present = _targets(plan, rows), _present(plan, rows)
    laid = []
    for values in rows:
        before = present.get(_key(plan, values))
        row: Any = before or plan.model()
        was = _state(row) if before else None
        wrongs = [] if before is None else _not_theirs(plan, scope, row)
        for name, value in values.items():
            if name in plan.links:
                target = targets[name].get(value) if value else None
                if value and target is None:
                    wrongs.append(Wrong(name, _("“%(code)s” is not known here.")
                                        % {"code": value}))  # fmt: skip
                else:
                    setattr(row, name, target)
            elif name not in plan.aside:
                setattr(row, name, _plain(row, name, value))
        wrongs = wrongs or _checked(plan, scope, row, values)
        fate = NEW if was is None else CHANGED if _state(row) != was else UNCHANGED
        laid.append(Laid(row, fate, wrongs))
    return laid


def _plain(row: Any, name: str, value: Any) -> Any:
    field_ = row._meta.get_field(name)
    if field_.get_internal_type() == "DecimalField" and value is not None:
        exact = Decimal(str(value))
        # What is too large to be rounded is refused by the field.
        return exact.quantize(Decimal("0.01")) if abs(value) < LARGE else exact
    if value is None and field_.get_internal_type() in ("CharField", "TextField", "SlugField"):
        return ""
    return value


def _state(row: Any) -> dict[str, Any]:
    kept = {f.attname: getattr(row, f.attname) for f in row._meta.concrete_fields}
    return {k: bytes(v) if isinstance(v, memoryview) else v for k, v in kept.items()}


def _links(row: Any) -> list[Any]:
    return [f for f in row._meta.concrete_fields if f.is_relation]


def _checked(plan: Plan, scope: Scope, row: Any, values: Values) -> list[Wrong]:
    wrongs = [
        Wrong(f.name, _("is missing."))
        for f in _links(row)
        if f.name in plan.links and not f.null and getattr(row, f.attname) is None
    ]
    wrongs = wrongs or plan.finish(row, values)
    if not wrongs:
        try:
            row.clean_fields(exclude={f.name for f in _links(row)})
        except ValidationError as fault:
            wrongs = [
                Wrong(name, " ".join(messages)) for name, messages in fault.message_dict.items()
            ]
    return wrongs or _not_theirs(plan, scope, row)


def _not_theirs(plan: Plan, scope: Scope, row: Any) -> list[Wrong]:
    """Say so if a row, as it stands or as it would, belongs to somebody else's campaign."""
    if administers(scope):
        return []
    campaign = plan.whose(row)
    if campaign is not None and campaign.pk and works_in(scope, campaign):
        return []
    return [Wrong(plan.keys[0], _("This campaign is not yours to change."))]


def writer(plan: Plan, together: Any = None, may: Any = may_import) -> Writer:
    """Return how rows of a table are written."""

    def check(scope: Any, rows: Sequence[Values]) -> list[str | list[Wrong]]:
        return [laid.wrongs or Fate(laid.fate) for laid in _lay(plan, scope, rows)]

    def write(scope: Any, rows: Sequence[Values]) -> list[str]:
        fates = []
        with transaction.atomic():
            for laid, values in zip(_lay(plan, scope, rows), rows, strict=True):
                if laid.wrongs:
                    raise ValueError(laid.wrongs[0].message)
                if laid.fate != UNCHANGED:
                    laid.row.save()
                more = plan.later(laid.row, values)
                fates.append(CHANGED if more and laid.fate == UNCHANGED else laid.fate)
        return fates

    return Writer(may=may, check=check, write=write, together=together)


# --- shapes ----------------------------------------------------------------------------------


def mu(shape: BaseGeometry) -> float:
    """Return how many mu a shape given in WGS-84 degrees has."""
    return float(hectares(shape)) * MU_A_HECTARE


def _draw(row: Any, values: Values) -> list[Wrong]:
    if "shape" in values:
        shape = shape_from(values["shape"], values.get("coordinates") or "wgs84")
        if shape is None or shape.geom_type not in ("Polygon", "MultiPolygon"):
            return [Wrong("shape", _("is no polygon."))]
        if not shape.is_valid:
            return [Wrong("shape", _("its sides cross: %(why)s.")
                          % {"why": shapely.is_valid_reason(shape)})]  # fmt: skip
        inside = shape.point_on_surface()
        row.wkb, row.mu = shapely.to_wkb(shape), round(mu(shape), 2)
        row.lon, row.lat = round(inside.x, 6), round(inside.y, 6)
    if not row.wkb:
        return [Wrong("shape", _("is missing."))]
    if row.off is not None and abs(row.off) > ABSURD:
        return [Wrong("given_mu", _("%(given)g mu are given, but the shape measures %(mu)g: "
                                    "one of them is wrong.")
                      % {"given": row.given_mu, "mu": row.mu})]  # fmt: skip
    return []


def _laid_over(model: Any, rows: Sequence[Values], link: str) -> tuple[dict, dict]:
    """Return the shapes with the given rows laid over them, and what each belongs to."""
    kept = model.objects.values_list("code", f"{link}__code", "wkb")
    shapes = {code: shapely.from_wkb(bytes(wkb)) for code, _of, wkb in kept}
    owners = {code: of for code, of, _wkb in kept}
    for values in rows:
        if "shape" in values:
            shapes[values["code"]] = shape_from(
                values["shape"], values.get("coordinates") or "wgs84"
            )
        if values.get(link):
            owners[values["code"]] = values[link]
    return shapes, owners


def _overlaps(shapes: dict, owners: dict, given: set[str]) -> list[Wrong]:
    wrongs = []
    codes = sorted(shapes)
    tree = shapely.STRtree([shapes[code] for code in codes])
    for code in sorted(given & set(codes)):
        for at in tree.query(shapes[code], predicate="intersects"):
            other = codes[at]
            if other == code or owners[other] != owners[code] or (other in given and other < code):
                continue
            shared = shapely.intersection(shapes[code], shapes[other])
            smaller = min(shapes[code].area, shapes[other].area)
            if shared.area > SPILL * smaller:
                wrongs.append(Wrong("shape", _("%(first)s and %(second)s share %(mu).1f mu.")
                                    % {"first": code, "second": other,
                                       "mu": mu(shared)}))  # fmt: skip
    return wrongs


def _blocks_together(scope: Any, rows: Sequence[Values]) -> list[Wrong]:
    shapes, owners = _laid_over(Block, rows, "campaign")
    return _overlaps(shapes, owners, {values["code"] for values in rows})


def _parcels_together(scope: Any, rows: Sequence[Values]) -> list[Wrong]:
    shapes, owners = _laid_over(Parcel, rows, "block")
    given = {values["code"] for values in rows}
    wrongs = _overlaps(shapes, owners, given)
    blocks = {
        code: shapely.from_wkb(bytes(wkb))
        for code, wkb in Block.objects.filter(code__in=set(owners.values()))
        .values_list("code", "wkb")
    }  # fmt: skip
    for code in sorted(given):
        block = blocks.get(owners.get(code, ""))
        shape = shapes.get(code)
        if block is None or shape is None:
            continue
        outside = shapely.difference(shape, block)
        if outside.area > SPILL * shape.area:
            wrongs.append(Wrong("shape", _("%(mu).1f mu of %(parcel)s lie outside of block "
                                           "%(block)s.")
                                % {"mu": mu(outside), "parcel": code,
                                   "block": owners[code]}))  # fmt: skip
    return wrongs


# --- holdings and their ladder ---------------------------------------------------------------

ON = "_on"  # ends the columns that say when a stage was reached


def _steps(row: Holding, values: Values) -> list[Step]:
    """Return the steps a row tells of that the holding has not taken."""
    taken = {c.stage for c in row.climbs.all()} if row.pk else set()
    return [
        Step(stage.code, values[stage.code + ON])
        for stage in row.ladder.way
        if values.get(stage.code + ON) and stage.code not in taken
    ]


def _finish_holding(row: Holding, values: Values) -> list[Wrong]:
    if row.disposition not in Disposition.values:
        return []  # said by the field itself
    policy = row.parcel.block.campaign.policy
    is_upgrade = row.disposition == Disposition.UPGRADE
    row.ladder = policy.upgrade_ladder if is_upgrade else policy.ladder
    known = {stage.code for stage in row.ladder.way}
    if row.stage and row.stage not in known:
        return [Wrong("disposition", _("It stands at a stage that this ladder does not have."))]
    for name, value in values.items():
        if name.endswith(ON) and value and name.removesuffix(ON) not in known:
            return [Wrong(name, _("This ladder has no such stage."))]
    taken = {c.stage: c.on for c in row.climbs.all()} if row.pk else {}
    for stage, day in taken.items():
        given = values.get(stage + ON)
        if given and given != day:
            return [Wrong(stage + ON, _("It was %(day)s; a step that was taken is not changed.")
                          % {"day": day})]  # fmt: skip
    here, since, today = row.stage, row.stage_since, local_day(now())
    for step in _steps(row, values):
        try:
            check_step(row.ladder, here, since, step, today)
        except NotClimbed as fault:
            return [Wrong(step.stage + ON, str(fault))]
        here, since = step.stage, step.on
    return []


def _climb(row: Holding, values: Values) -> bool:
    steps = _steps(row, values)
    if steps:
        climb_all([(row, steps)])
    return bool(steps)


# --- what was said and offered ---------------------------------------------------------------


def _finish_item(row: Item, values: Values) -> list[Wrong]:
    if row.price.counts != Price.Counts.GIVEN:
        return [Wrong("price", _("is counted by itself."))]
    if row.price.policy_id != row.holding.campaign.policy_id:
        return [Wrong("price", _("belongs to another policy."))]
    return []


def _finish_promise(row: Promise, values: Values) -> list[Wrong]:
    if row.amount is None and not row.wording:
        return [Wrong("amount", _("Say how much, or what."))]
    return []


def _through(row: Any) -> Campaign:
    return row.holding.campaign


CAMPAIGNS = writer(
    Plan(
        Campaign,
        {"policy": (Policy, "code"), "organisation": (Organisation, "code"),
         "area": (Area, "code")},
        lambda row: None,
    ),
    may=administers,
)  # fmt: skip
BLOCKS = writer(
    Plan(
        Block,
        {"campaign": (Campaign, "code"), "organisation": (Organisation, "code")},
        lambda row: row.campaign,
        finish=_draw,
        aside=frozenset({"shape", "coordinates"}),
    ),
    _blocks_together,
)
PARCELS = writer(
    Plan(
        Parcel,
        {"block": (Block, "code")},
        lambda row: row.block.campaign,
        finish=_draw,
        aside=frozenset({"shape", "coordinates"}),
    ),
    _parcels_together,
)
STAGES = ("surveyed", "notified", "negotiated", "signed", "vacated", "demolished", "redeveloped")
HOLDINGS = writer(
    Plan(
        Holding,
        {"parcel": (Parcel, "code"), "negotiator": (User, "username")},
        lambda row: row.campaign,
        finish=_finish_holding,
        later=_climb,
        beside=("climbs",),
        aside=frozenset(stage + ON for stage in STAGES),
    )
)
INVENTORY = writer(
    Plan(
        Item,
        {"holding": (Holding, "code"), "price": (Price, "code")},
        _through,
        finish=_finish_item,
    )
)
PROMISES = writer(
    Plan(
        Promise,
        {"holding": (Holding, "code"), "by": (User, "username")},
        _through,
        keys=("holding", "item"),
        finish=_finish_promise,
    )
)
TALKS = writer(
    Plan(
        Talk,
        {"holding": (Holding, "code"), "by": (User, "username")},
        _through,
        keys=("holding", "on", "text"),
    )
)


def _check_offers(scope: Any, rows: Sequence[Values]) -> list[str | list[Wrong]]:
    holdings = _offered(rows)
    outcomes: list[str | list[Wrong]] = []
    for values in rows:
        holding = holdings.get(values["holding"])
        if holding is None:
            outcomes.append([Wrong("holding", _("“%(code)s” is not known here.")
                                   % {"code": values["holding"]})])  # fmt: skip
        elif not (administers(scope) or works_in(scope, holding.campaign)):
            outcomes.append([Wrong("holding", _("This campaign is not yours to change."))])
        elif any(offer.on == values["on"] for offer in holding.offers.all()):
            outcomes.append(Fate(UNCHANGED))
        elif not sheets.sheet_of(holding, values["on"]).lines:
            outcomes.append([Wrong("holding", _("Nothing is listed for this enterprise yet."))])
        else:
            outcomes.append(Fate(NEW))
    return outcomes


def _offered(rows: Sequence[Values]) -> dict[str, Holding]:
    there = Holding.objects.filter(code__in={values["holding"] for values in rows})
    joined = there.select_related("parcel__block__campaign__policy")
    return {row.code: row for row in joined.prefetch_related("offers", "climbs")}


def _write_offers(scope: Any, rows: Sequence[Values]) -> list[str]:
    holdings, fates = _offered(rows), []
    people = {values["by"] for values in rows if values.get("by")}
    users = {user.username: user for user in User.objects.filter(username__in=people)}
    with transaction.atomic():
        for values in rows:
            holding, day = holdings[values["holding"]], values["on"]
            if any(offer.on == day for offer in holding.offers.all()):
                fates.append(UNCHANGED)
                continue
            sheets.offer(holding, users.get(values.get("by") or ""), day)
            fates.append(NEW)
    return fates


OFFERS = Writer(may=may_import, check=_check_offers, write=_write_offers)
