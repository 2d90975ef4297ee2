"""What organisations, people, leads and leave look like from outside."""

from collections.abc import Callable, Iterable
from typing import Any

from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from linli.people import listing, writing
from linli.people.audit import ACTIONS, KINDS
from linli.people.models import AuditEntry, Lead, Leave, Membership, Organisation, Role, User
from linli.people.scope import Scope
from linli.people.section import RESIDENT
from linli.places.atlas import atlas
from linli.places.models import Area
from linli.places.tables import below
from linli.tables import Column, Kind, Table, declare, present


def _area(key: int) -> str | None:
    area = atlas().areas.get(key)
    return area.code if area else None


def works_here(scope: Scope) -> bool:
    """Tell whether somebody has an office in the town, or leads an area."""
    return scope.works_for_town


def _administers(scope: Scope) -> bool:
    return scope.has(Role.ADMINISTRATOR)


ORGANISATIONS = declare(
    Table(
        "organisations",
        _("Organisations"),
        Organisation,
        "code",
        (
            Column("code", _("Code"), aliases=("编码", "代码", "编号", "单位编码"), required=True,
                   writable=True, filters=True, sorts=True),
            Column("name", _("Name"), aliases=("名称", "单位", "单位名称"), required=True,
                   writable=True, filters=True, sorts=True),
            Column("name_en", _("English name"), aliases=("英文名", "英文名称"), writable=True),
            Column("kind", _("Kind"), Kind.CHOICE, aliases=("类型", "单位类型"),
                   choices=tuple(Organisation.Kind.choices), required=True, writable=True,
                   filters=True),
            Column("area", _("Area"), Kind.KEY, path="area__code", of="areas", required=True,
                   aliases=("区域", "所在区域", "区域编码"), writable=True, filters=True,
                   read=lambda row: _area(row.area_id)),
            Column("parent", _("Belongs to"), Kind.KEY, path="parent__code", of="organisations",
                   aliases=("上级", "上级单位"), writable=True, filters=True),
            Column("functions", _("Functions"), Kind.LIST, aliases=("职能", "职责"),
                   writable=True),
            Column("within", _("In or below"), Kind.KEY, of="areas", filters=True, shown=False,
                   where=lambda scope, code: below(code, "area__")),
        ),
        words=("name", "name_en", "code"),
        related=("parent",),
        order=("code",),
        writer=writing.ORGANISATIONS,
    )
)  # fmt: skip


def _each(values: Iterable[Any]) -> list[Any]:
    return list(dict.fromkeys(values))


def _memberships(user: User) -> list[Membership]:
    return sorted(user.memberships.all(), key=lambda membership: membership.pk)


def _leads(user: User) -> list[Lead]:
    return sorted(user.leads.all(), key=lambda lead: lead.pk)


def _belonging(scope: Scope, code: str) -> Q:
    members = Membership.objects.filter(organisation__code=code).order_by()
    return Q(pk__in=members.values("user"))


def _side(user: User) -> str:
    leads = _leads(user)
    return leads[0].side if leads else ""


PEOPLE = declare(
    Table(
        "people",
        _("People"),
        User,
        "username",
        (
            Column("username", _("User name"), aliases=("用户名", "账号", "登录名"), required=True,
                   writable=True, filters=True, sorts=True),
            Column("name", _("Name"), aliases=("姓名",), required=True, writable=True,
                   filters=True, sorts=True),
            Column("name_en", _("English name"), aliases=("英文名",), writable=True),
            Column("organisation", _("Organisation"), Kind.KEY, of="organisations",
                   path="memberships__organisation__code", aliases=("单位", "所属单位"),
                   writable=True, filters=True, where=_belonging,
                   read=lambda row: next(iter(m.organisation.code for m in _memberships(row)),
                                         None)),
            Column("roles", _("Roles"), Kind.LIST, path="memberships__role", aliases=("角色",),
                   required=True, writable=True,
                   read=lambda row: _each(m.role for m in _memberships(row)) or [RESIDENT]),
            Column("lead_of", _("Lead of"), Kind.LIST, path="leads__area__code",
                   aliases=("任组长", "组长网格"), writable=True,
                   read=lambda row: [_area(lead.area_id) for lead in _leads(row)]),
            Column("lead_side", _("Lead from"), Kind.CHOICE, aliases=("组长类别",),
                   choices=tuple(Lead.Side.choices), writable=True, read=_side),
            Column("active", _("May sign in"), Kind.FLAG, path="is_active", filters=True),
        ),
        may_list=_administers,
        words=("name", "name_en", "username"),
        prefetched=("memberships__organisation", "leads"),
        order=("username",),
        writer=writing.PEOPLE,
        narrow=listing.people,
    )
)  # fmt: skip
LEADS = declare(
    Table(
        "leads",
        _("Leads"),
        Lead,
        "id",
        (
            Column("id", _("Number"), Kind.WHOLE),
            Column("area", _("Area"), Kind.KEY, path="area__code", of="areas", filters=True,
                   read=lambda row: _area(row.area_id)),
            Column("side", _("Lead from"), Kind.CHOICE, choices=tuple(Lead.Side.choices),
                   filters=True),
            Column("person", _("Person"), Kind.KEY, path="user__username", of="people",
                   filters=True),
            Column("name", _("Name"), path="user__name", read=lambda row: str(row.user)),
        ),
        may_list=works_here,
        related=("user",),
        order=("id",),
    )
)  # fmt: skip
LEAVES = declare(
    Table(
        "leaves",
        _("Leave"),
        Leave,
        "id",
        (
            Column("id", _("Number"), Kind.WHOLE),
            Column("person", _("Person"), Kind.KEY, path="user__username", of="people",
                   filters=True),
            Column("since", _("From"), Kind.MOMENT, filters=True, sorts=True),
            Column("until", _("Until"), Kind.MOMENT, filters=True, sorts=True),
        ),
        related=("user",),
        order=("-id",),
        narrow=listing.coming_leave,
    )
)  # fmt: skip


def _lead(side: str) -> Callable[[Any], str]:
    return lambda row: next((str(lead.user) for lead in row.leads.all() if lead.side == side), "")


def _changes(row: AuditEntry) -> str:
    return "; ".join(
        f"{name}: {was if was is not None else '–'} → {now if now is not None else '–'}"
        for name, (was, now) in row.changes.items()
    )


def _above(area: Area) -> str | None:
    codes = area.path.strip("/").split("/")
    return codes[-2] if len(codes) > 1 else None


present(
    Table(
        "areas-and-leads",
        _("Areas and leads"),
        Area,
        "code",
        (
            Column("code", _("Code")),
            Column("name", _("Name")),
            Column("name_en", _("English name")),
            Column("kind", _("Kind")),
            Column("layer", _("Layer")),
            Column("parent", _("Lies in"), read=_above),
            Column("town", _("Lead, town's staff"), read=_lead(Lead.Side.TOWN)),
            Column("community", _("Lead, community"), read=_lead(Lead.Side.COMMUNITY)),
        ),
        may_list=_administers,
        prefetched=("leads__user",),
        deferred=("wkb",),
        order=("path",),
        narrow=listing.areas,
    )
)  # fmt: skip
declare(
    Table(
        "audit",
        _("Audit trail"),
        AuditEntry,
        "number",
        (
            Column("number", _("Number"), Kind.WHOLE, sorts=True),
            Column("at", _("When"), Kind.MOMENT, filters=True, sorts=True),
            Column("by", _("Done by"), path="by__username", filters=True),
            Column("name", _("Name"), read=lambda row: str(row.by) if row.by else ""),
            Column("action", _("What"), Kind.CHOICE, choices=tuple(ACTIONS.items()),
                   filters=True),
            Column("kind", _("Kind"), Kind.CHOICE, choices=tuple(KINDS.items()),
                   filters=True),
            Column("key", _("On (code or user name)"), filters=True),
            Column("on", _("On"), path="name"),
            Column("changes", _("Before → now"), read=_changes),
            Column("reason", _("Reason")),
            Column("hash", _("Hash")),
        ),
        may_list=_administers,
        related=("by",),
        order=("-number",),
        narrow=listing.acts,
        help=_("What was done to the town itself; steps of a case stand with the case."),
    )
)  # fmt: skip
