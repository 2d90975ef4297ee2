"""How far a programme is: milestones done, money spent, what is late, how late it will end."""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import Any

from django.db.models import Count, F, FloatField, Min, Q, QuerySet, Sum
from django.db.models.functions import Cast

from linli.engines.network import Circle, Placed, Task, plan
from linli.engines.slips import Slip, Stretches, foresee
from linli.programmes.renewal.models import RANK, Level, Link, Milestone, Node


@dataclass
class Sums:
    """What lies below a node, itself included."""

    projects: int = 0
    milestones: int = 0
    done: int = 0
    late: int = 0
    budget: int = 0
    spent: int = 0

    @property
    def share(self) -> int | None:
        """Milestones done, per cent; None where there are none."""
        return 100 * self.done // self.milestones if self.milestones else None

    @property
    def money(self) -> int | None:
        """Budget spent, per cent; None where there is none."""
        return round(100 * self.spent / self.budget) if self.budget else None

    def __add__(self, other: "Sums") -> "Sums":
        return Sums(
            self.projects + other.projects, self.milestones + other.milestones,
            self.done + other.done, self.late + other.late,
            self.budget + other.budget, self.spent + other.spent,
        )  # fmt: skip


@dataclass
class Branch:
    """A node of the tree with what lies below it."""

    node: Node
    sum: Sums
    below: list["Branch"] = field(default_factory=list)


def _late(today: date) -> Q:
    return Q(done=None, due__lt=today)


def sums(projects: QuerySet[Node], by: str, today: date) -> dict[int, Sums]:
    """Add up projects by one of their columns (`"parent"`, `"pk"`)."""
    found: dict[int, Sums] = defaultdict(Sums)
    rows = projects.order_by().values_list(by)
    money = {"n": Count("pk"), "b": Sum("budget"), "s": Sum("spent")}
    for key, count, budget, spent in rows.annotate(**money):
        found[key] = Sums(count, budget=budget or 0, spent=spent or 0)
    milestones = Milestone.objects.filter(node__in=projects.order_by().values("pk"))
    counted = milestones.order_by().values_list("node_id" if by == "pk" else f"node__{by}")
    counts = {
        "n": Count("pk"),
        "d": Count("pk", filter=Q(done__isnull=False)),
        "l": Count("pk", filter=_late(today)),
    }
    for key, count, done, late in counted.annotate(**counts):
        found[key].milestones, found[key].done, found[key].late = count, done, late
    return found


def tree(root: Node, nodes: QuerySet[Node], today: date) -> Branch:
    """Return a node with all above projects that lie below it, and what each sums up to.

    A node whose projects have no budget of their own shows its own.
    """
    inside = nodes.filter(path__startswith=root.path)
    upper = list(inside.exclude(level=Level.PROJECT).order_by("path"))
    own = sums(inside.filter(level=Level.PROJECT), "parent", today)
    branches = {node.pk: Branch(node, own.get(node.pk, Sums())) for node in upper}
    for node in sorted(upper, key=lambda node: -RANK[Level(node.level)]):
        branch = branches[node.pk]
        branch.sum.budget = branch.sum.budget or node.budget or 0
        above = branches.get(node.parent_id or 0)
        if above is not None and node.pk != root.pk:
            above.sum += branch.sum
    for node in upper:
        above = branches.get(node.parent_id or 0)
        if above is not None and node.pk != root.pk:
            above.below.append(branches[node.pk])
    return branches[root.pk]


# --- how late it will be ---------------------------------------------------------------------


def stretches(milestones: QuerySet[Milestone], by: str = "") -> dict[int, Stretches]:
    """Sum up the finished stretches of milestones, by node or (key 0) all of them together."""
    over = F("taken_days") - F("planned_days")
    found = milestones.filter(planned_days__isnull=False).order_by()
    sums = {
        "n": Count("pk"), "p": Sum("planned_days"), "x": Sum(over),
        "q": Sum(Cast(over * over, FloatField()) / F("planned_days")),
    }  # fmt: skip
    if by:
        return {
            row[by]: Stretches(row["n"], row["p"], row["x"], row["q"])
            for row in found.values(by).annotate(**sums)
        }
    row = found.aggregate(**sums)
    return {0: Stretches(row["n"], row["p"] or 0, row["x"] or 0, row["q"] or 0)}


@dataclass(frozen=True)
class Foreseen:
    """When a project should end, and when it will as far as can be said; 80 % in between."""

    planned: date
    slip: Slip

    def _on(self, days: float | None) -> date | None:
        return None if days is None else self.planned + timedelta(days=round(days))

    @property
    def expected(self) -> date:
        return self.planned + timedelta(days=round(self.slip.late))

    @property
    def late(self) -> int:
        return round(self.slip.late)

    @property
    def earliest(self) -> date | None:
        return self._on(self.slip.low)

    @property
    def latest(self) -> date | None:
        return self._on(self.slip.high)


def foreseen(
    node: Node, milestones: Sequence[Milestone], own: Stretches, like: Stretches, today: date
) -> Foreseen | None:
    """Foresee the end of a project from its milestones in order; None once all are done.

    It is as late now as its last milestone was. Where the next is overdue already it is at least
    that late, and the rest of the way begins there.
    """
    waiting = [m for m in milestones if m.done is None]
    if not waiting:
        return None
    last = max(m.first_due for m in milestones)
    done = [m for m in milestones if m.done is not None]
    point, late_now = (done[-1].first_due, _days(done[-1].done, done[-1].first_due)) if done else (
        node.starts or min(m.first_due for m in milestones),
        _days(node.began, node.starts) if node.began and node.starts else 0,
    )  # fmt: skip
    due = waiting[0].first_due
    gone = _days(today, due)
    at_least = None
    if gone > 0 and gone > late_now:
        point, late_now = due, gone
        at_least = float(gone) if due == last else None
    left = max(_days(last, point), 0)
    floor = float(_days(today, last))
    at_least = max(floor, at_least) if at_least is not None else floor
    return Foreseen(last, foresee(late_now, left, own, like, at_least))


def _days(later: date | None, earlier: date) -> int:
    return (later - earlier).days if later else 0


@dataclass
class Row:
    """A project in a list or a Gantt chart: its milestones, its sums, its foreseen end."""

    node: Node
    milestones: list[Milestone]
    foreseen: Foreseen | None = None
    placed: Placed | None = None

    @property
    def done(self) -> int:
        return sum(m.done is not None for m in self.milestones)

    @property
    def is_over(self) -> bool:
        return bool(self.milestones) and self.done == len(self.milestones)

    def late(self, today: date) -> int:
        return sum(m.done is None and m.due < today for m in self.milestones)


def rows(nodes: Sequence[Node], root: str, today: date) -> list[Row]:
    """Return projects with their milestones and foreseen ends; `root` is the path of their like."""
    by_node: dict[int, list[Milestone]] = defaultdict(list)
    own = Milestone.objects.filter(node__in=[node.pk for node in nodes])
    for milestone in own.order_by("number", "due", "pk"):
        by_node[milestone.node_id].append(milestone)
    theirs = stretches(own, "node_id") if nodes else {}
    like = stretches(Milestone.objects.filter(node__path__startswith=root))[0] if nodes else None
    found = []
    for node in nodes:
        milestones = by_node[node.pk]
        row = Row(node, milestones)
        if milestones and like is not None:
            row.foreseen = foreseen(node, milestones, theirs.get(node.pk, Stretches()), like, today)
        found.append(row)
    return found


# --- what waits for what ---------------------------------------------------------------------


def links(nodes: Sequence[int]) -> dict[int, list[Link]]:
    """Return for each node what it waits for."""
    found: dict[int, list[Link]] = defaultdict(list)
    rows = Link.objects.filter(node__in=nodes, after__retired=False).select_related("after")
    for link in rows.order_by("after__path"):
        found[link.node_id].append(link)
    return found


@dataclass(frozen=True)
class Network:
    """The projects of a programme as a network plan, in days from `zero`.

    `circle` names those that wait for each other, where nothing can be placed.
    """

    zero: date
    placed: dict[int, Placed]
    circle: tuple[str, ...] = ()

    @property
    def critical(self) -> list[int]:
        """Keys of the nodes on the critical path, in the order of their beginning."""
        keys = [key for key, placed in self.placed.items() if placed.is_critical]
        return sorted(keys, key=lambda key: self.placed[key].start)

    def day(self, number: int) -> date:
        return self.zero + timedelta(days=number)


def network(root: Node) -> Network | None:
    """Place the planned projects of a tree in time; None where none has both its days."""
    inside = Node.objects.filter(
        path__startswith=root.path, retired=False, level=Level.PROJECT,
        starts__isnull=False, ends__isnull=False,
    )  # fmt: skip
    zero = inside.aggregate(first=Min("starts"))["first"]
    if zero is None:
        return None
    tasks = {
        code: Task(((began or starts) - zero).days, ((finished or ends) - (began or starts)).days)
        for code, starts, ends, began, finished in inside.values_list(
            "code", "starts", "ends", "began", "finished"
        )
        if starts and ends and (finished or ends) >= (began or starts)
    }
    found = Link.objects.filter(node__path__startswith=root.path)
    links = list(found.values_list("node__code", "after__code", "lag_days"))
    keys = dict(inside.values_list("code", "pk"))
    try:
        placed = plan(tasks, links)
    except Circle as circle:
        return Network(zero, {}, tuple(circle.keys))
    return Network(zero, {keys[code]: where for code, where in placed.items()})


def late_ones(nodes: QuerySet[Any, Any], today: date) -> QuerySet[Milestone]:
    """Return the milestones that are late, the latest first."""
    return Milestone.objects.filter(_late(today), node__in=nodes).order_by("due", "pk")
