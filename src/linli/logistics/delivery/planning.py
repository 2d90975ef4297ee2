"""A plan for the orders of a day: asked for, made beside the site, moved by hand, released.

A plan keeps its problem as JSON. What the engine could not plan is in the plan, order by order.
"""

import logging
from dataclasses import dataclass, replace
from datetime import date, datetime, time, timedelta
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from django.conf import settings
from django.db import transaction
from django.utils.translation import gettext as _

from linli.cases.refusal import Refused
from linli.clock import now
from linli.logistics.delivery.models import Depot, Order, Plan, Stop, Tour, Vehicle
from linli.people.models import User
from linli.tables import touched

log = logging.getLogger(__name__)

HOME = "depot"
KMH, FACTOR = 35.0, 1.3  # on the roads of a town, as no road network is given
SECONDS, MOST_S = 10.0, 60.0
PROMISE = timedelta(minutes=60)
TO_PLAN = (Order.State.OPEN, Order.State.FAILED)


def _seconds(at: time) -> int:
    return at.hour * 3600 + at.minute * 60


def at(day: date, seconds: int) -> datetime:
    """Return the moment so many seconds after local midnight of a day."""
    begun = datetime.combine(day, time.min, ZoneInfo(settings.TIME_ZONE))
    return begun + timedelta(seconds=seconds)


def problem(depot: Depot, day: date) -> dict[str, Any]:
    """Return what there is to plan, as `engines.routes.reading` reads it."""
    orders = list(Order.objects.filter(depot=depot, day=day, state__in=TO_PLAN))
    vehicles = Vehicle.objects.filter(depot=depot, retired=False)
    places = [{"name": HOME, "lon": depot.lon, "lat": depot.lat}]
    places += [
        {"name": f"@{row.number}", "lon": row.lon, "lat": row.lat}
        for row in orders
        if row.lon is not None
    ]
    return {
        "places": places, "kmh": KMH, "factor": FACTOR,
        "orders": [_order(row) for row in orders],
        "vehicles": [_vehicle(row) for row in vehicles],
    }  # fmt: skip


def _order(row: Order) -> dict[str, Any]:
    first = _seconds(row.window_from) if row.window_from else 0
    last = _seconds(row.window_until) if row.window_until else 86_400
    has_window = row.window_from is not None or row.window_until is not None
    return {
        "name": row.number, "amounts": row.amounts, "priority": row.priority,
        "skills": row.skills,
        "delivery": {
            "place": f"@{row.number}", "service": row.service_minutes * 60,
            "windows": [[first, last]] if has_window else [],
        },
    }  # fmt: skip


def _vehicle(row: Vehicle) -> dict[str, Any]:
    begins, ends = _seconds(row.shift_from), _seconds(row.shift_until)
    return {
        "name": row.code, "start": HOME, "end": HOME, "capacities": row.capacities,
        "shift": [begins, ends if ends > begins else ends + 86_400], "per_km": row.per_km,
        "per_hour": row.per_hour, "fixed": row.fixed, "max_km": row.max_km, "skills": row.skills,
    }  # fmt: skip


def ask(depot: Depot, day: date, by: User, seconds: float = SECONDS) -> Plan:
    """Ask for a plan; it is made beside the site.

    Raises
    ------
    Refused
        If there is nothing to plan, or one is being made.
    """
    if not Order.objects.filter(depot=depot, day=day, state__in=TO_PLAN).exists():
        raise Refused(_("No order of this day waits to be planned."))
    with transaction.atomic():
        Depot.objects.select_for_update().get(pk=depot.pk)
        if Plan.objects.filter(depot=depot, day=day, state=Plan.State.WAITING).exists():
            raise Refused(_("A plan for this day is being made."))
        touched("delivery-plans")
        return Plan.objects.create(
            depot=depot, day=day, by=by, made_at=now(), seconds=min(max(seconds, 1.0), MOST_S)
        )


def are_wanted() -> bool:
    """Tell whether a plan waits to be made."""
    return Plan.objects.filter(state=Plan.State.WAITING).exists()


def make_all() -> None:
    """Make the plans that wait."""
    for plan in Plan.objects.filter(state=Plan.State.WAITING).select_related("depot"):
        make(plan)


def make(plan: Plan) -> None:
    """Make a plan: what cannot be planned is named in it, the rest is planned."""
    from linli.engines.routes.plan import LeftOut
    from linli.engines.routes.reading import problem_of
    from linli.engines.routes.solve import solve

    try:
        given = problem(plan.depot, plan.day)
        read, unread = problem_of(given, Path())
        made = solve(read, plan.seconds, workers=1)
        lost = [LeftOut(each.name, each.code, each.detail) for each in unread
                if each.kind == "order"]  # fmt: skip
        content = replace(
            made, left_out=(*lost, *made.left_out), faults=(*unread, *made.faults)
        ).to_dict()
        kept = {"problem": given, "content": content, "state": Plan.State.DRAFT}
    except Exception as error:
        # Its readers are told that it failed; what exactly happened is for who keeps the site.
        log.exception("delivery plan %s could not be made", plan.pk)
        kept = {"state": Plan.State.FAILED, "trouble": type(error).__name__[:300]}
    _store(plan, kept)


def _store(plan: Plan, kept: dict[str, Any]) -> None:
    # Somebody may have dropped it meanwhile: then it stays so.
    Plan.objects.filter(pk=plan.pk, state=Plan.State.WAITING).update(**kept)
    touched("delivery-plans")


@dataclass(frozen=True)
class Moved:
    """A plan after a move by hand, and what it would break that was kept before."""

    content: dict[str, Any]
    broken: list[tuple[str, str]]
    extra: float
    """What it costs more."""


def moved(plan: Plan, order: str, vehicle: str, position: int) -> Moved:
    """Try an order as stop number `position` of a vehicle; nothing is written.

    Raises
    ------
    Refused
        If the plan knows no such order or vehicle, or the order cannot be planned at all.
    """
    from linli.engines.routes.drawing import planned
    from linli.engines.routes.plan import Plan as Drawn
    from linli.engines.routes.problem import DELIVERY

    read, before = _read(plan)
    known = {each.name for each in read.orders}
    out = {each.order: each for each in before.left_out if each.reason != "no-room"}
    if order not in known or vehicle not in {each.name for each in read.vehicles}:
        raise Refused(_("The plan knows no such order or vehicle."))
    if order in out and out[order].reason == "unknown-place":
        raise Refused(_("This order has no place; give it one and plan anew."))
    sequences = {
        route.vehicle: [(stop.order, stop.what) for stop in route.stops if stop.order != order]
        for route in before.routes
    }
    steps = sequences.setdefault(vehicle, [])
    steps.insert(max(position - 1, 0), (order, DELIVERY))
    left = [each for each in before.left_out if each.order != order]
    after: Drawn = planned(read, sequences, before.faults, left)
    had = {(route.vehicle, words) for route in before.routes for words in route.broken}
    broken = [
        (route.vehicle, words)
        for route in after.routes
        for words in route.broken
        if (route.vehicle, words) not in had
    ]
    return Moved(after.to_dict(), broken, after.cost.total - before.cost.total)


def _read(plan: Plan) -> tuple[Any, Any]:
    from linli.engines.routes.plan import Plan as Drawn
    from linli.engines.routes.reading import problem_of

    read, _unread = problem_of(plan.problem, Path())
    return read, Drawn.from_dict(plan.content)


def move(
    plan: Plan, order: str, vehicle: str, position: int, version: int, *, anyway: bool
) -> Moved:
    """Keep a move by hand.

    Raises
    ------
    Refused
        If the plan is no draft, was changed meanwhile, or the move breaks something and that was
        not accepted.
    """
    with transaction.atomic():
        row = _locked(plan, Plan.State.DRAFT)
        if row.version != version:
            raise Refused(_("The plan was changed meanwhile. Look at it again."))
        tried = moved(row, order, vehicle, position)
        if tried.broken and not anyway:
            raise Refused(_("The move breaks something; accept that to keep it."))
        row.content, row.version = tried.content, row.version + 1
        row.save(update_fields=["content", "version"])
    return tried


def _locked(plan: Plan, state: str) -> Plan:
    # The depot's row stands for all its plans: two releases of a day wait for each other.
    Depot.objects.select_for_update().get(pk=plan.depot_id)
    row = Plan.objects.select_related("depot").get(pk=plan.pk)
    if row.state != state:
        raise Refused(_("The plan is no longer a draft."))
    return row


def drop(plan: Plan) -> None:
    """Drop a plan that was not released."""
    with transaction.atomic():
        Depot.objects.select_for_update().get(pk=plan.depot_id)
        states = (Plan.State.WAITING, Plan.State.DRAFT, Plan.State.FAILED)
        if not Plan.objects.filter(pk=plan.pk, state__in=states).update(state=Plan.State.DROPPED):
            raise Refused(_("A plan that was released is not dropped."))
        touched("delivery-plans")


def release(plan: Plan) -> Plan:
    """Hand a plan to its drivers: tours and stops are made, customers get a promise.

    Raises
    ------
    Refused
        If it is no draft, breaks a rule, another plan of the day was released, or an order was
        changed or cancelled meanwhile.
    """
    with transaction.atomic():
        row = _locked(plan, Plan.State.DRAFT)
        _read_plan = _read(row)[1]
        if not _read_plan.is_feasible:
            raise Refused(_("Some tours break a rule; move their stops first."))
        same = Plan.objects.filter(depot=row.depot, day=row.day, state=Plan.State.RELEASED)
        if same.exists():
            raise Refused(_("A plan for this day was released already."))
        numbers = [stop.order for route in _read_plan.routes for stop in route.stops]
        found = Order.objects.select_for_update().filter(
            depot=row.depot, number__in=numbers, day=row.day, state__in=TO_PLAN
        )
        orders = {each.number: each for each in found}
        given = {each["name"]: each for each in row.problem["orders"]}
        stale = [n for n in numbers if n not in orders or _order(orders[n]) != given[n]]
        if stale:
            told = _("These orders were changed meanwhile; plan anew: %(orders)s")
            raise Refused(told % {"orders": ", ".join(stale[:8])})
        vehicles = {each.code: each for each in Vehicle.objects.filter(depot=row.depot)}
        stops: list[Stop] = []
        for route in _read_plan.routes:
            vehicle = vehicles[route.vehicle]
            tour = Tour.objects.create(
                plan=row, vehicle=vehicle, driver_id=vehicle.driver_id, fill=dict(route.fill),
                starts=at(row.day, route.start), ends=at(row.day, route.end),
                metres=route.metres, cost=route.cost.total,
            )  # fmt: skip
            for sequence, stop in enumerate(route.stops, 1):
                order = orders[stop.order]
                order.state = Order.State.PLANNED
                order.promised_until = (
                    datetime.combine(row.day, order.window_until, ZoneInfo(settings.TIME_ZONE))
                    if order.window_until
                    else at(row.day, stop.start) + PROMISE
                )
                stops.append(Stop(
                    tour=tour, order=order, sequence=sequence, metres=stop.metres,
                    arrives=at(row.day, stop.arrival), departs=at(row.day, stop.end),
                ))  # fmt: skip
        Stop.objects.bulk_create(stops)
        Order.objects.bulk_update(orders.values(), ["state", "promised_until"])
        row.state, row.released_at = Plan.State.RELEASED, now()
        row.save(update_fields=["state", "released_at"])
        for table in ("delivery-plans", "delivery-stops", "delivery-orders"):
            touched(table)
    return row
