"""Who is told of which step: both leads of both grids, the reporters, whoever is waiting."""

from collections.abc import Callable, Iterable, Sequence

from linli import bulk
from linli.cases.chain import Draft
from linli.cases.models import Case, Notice, Report
from linli.people.directory import away, directory
from linli.people.models import Membership, Role
from linli.places.atlas import atlas

LEADS, ESCALATION, REPORTERS, PERSON, SUPERVISORS, DISPATCHERS = range(6)

TELL: dict[str, tuple[int, ...]] = {
    "dispatch": (LEADS,),
    "rule": (LEADS,),
    "reopen": (LEADS,),
    "assign": (PERSON,),
    "remind": (LEADS, PERSON),
    "escalate": (ESCALATION,),
    "urge": (LEADS, PERSON),
    "add": (LEADS, PERSON),
    "supervise": (LEADS, PERSON),
    "return": (DISPATCHERS,),
    "ask_extension": (DISPATCHERS,),
    "grant_extension": (PERSON,),
    "refuse_extension": (PERSON,),
    "resolve": (REPORTERS,),
    "settle": (REPORTERS,),
    "deliberate": (REPORTERS,),
    "close": (REPORTERS,),
    "cancel": (REPORTERS,),
    "merge": (REPORTERS,),
    "appeal": (SUPERVISORS,),
}


Told = list[tuple[int, Draft]]
Hearer = Callable[[Sequence[Draft], Told], None]
_hearers: list[Hearer] = []


def hears(hearer: Hearer) -> Hearer:
    """Let somebody hear of all steps and of who is told, in the transaction that writes them.

    So what carries messages out of the house (`doors`) hears of a step exactly when it stands.
    """
    _hearers.append(hearer)
    return hearer


def tell(drafts: Iterable[Draft]) -> None:
    """Write the notices that the steps call for; nobody is told of what they did themselves."""
    every = list(drafts)
    told = _tell([draft for draft in every if draft.event.action in TELL])
    for hear in _hearers if every else ():
        hear(every, told)


def _tell(drafts: list[Draft]) -> Told:
    if not drafts:
        return []
    absent = away(max(draft.event.at for draft in drafts))
    audience = _Audience(drafts, absent)
    told = [
        (user, draft)
        for draft in drafts
        for user in audience.of(draft)
        if user != draft.event.by_id
    ]
    bulk.insert_values(
        Notice,
        ("user", "case", "action", "at"),
        [[user, draft.case.pk, draft.event.action, draft.event.at] for user, draft in told],
    )
    return told


class _Audience:
    """Looks the audiences up once for a batch of steps."""

    def __init__(self, drafts: list[Draft], absent: frozenset[int]) -> None:
        self._absent = absent
        told = {kind for draft in drafts for kind in TELL[draft.event.action]}
        cases = {draft.case.pk for draft in drafts}
        self._reporters: dict[int, list[int]] = {}
        if REPORTERS in told:
            reports = Report.objects.filter(case__in=cases, reporter__isnull=False)
            for case, user in reports.values_list("case_id", "reporter_id").distinct():
                self._reporters.setdefault(case, []).append(user)
        plants = directory().plants
        self._keepers: dict[int, list[int]] = {}
        kept = {key for draft in drafts for key in _kept(draft.case) if key in plants}
        if kept:
            heads = Membership.objects.filter(
                organisation__in=kept | {plants[key] for key in kept},
                role__in=(Role.HEAD, Role.OFFICER),
            )
            for organisation, user in heads.values_list("organisation_id", "user_id").distinct():
                self._keepers.setdefault(organisation, []).append(user)
        self._staff = {
            role: list(
                Membership.objects.filter(role=role).values_list(
                    "user_id", "organisation__area__path"
                )
            )
            for kind, role in ((SUPERVISORS, Role.SUPERVISOR), (DISPATCHERS, Role.DISPATCHER))
            if kind in told
        }

    def of(self, draft: Draft) -> set[int]:
        users: set[int] = set()
        for kind in TELL[draft.event.action]:
            users.update(self._kind(kind, draft))
        return users

    def _kind(self, kind: int, draft: Draft) -> Iterable[int]:
        case = draft.case
        plants = directory().plants
        if case.territorial_id in plants and kind in (LEADS, ESCALATION):
            # In a plant its departments and crews stand for the leads, its head for those above.
            top = plants[case.territorial_id]
            told = _kept(case) if kind == LEADS else [top]
            found = {user for key in told for user in self._keepers.get(key, ())}
            return found - self._absent or found
        if kind == LEADS:
            return leads_of(case, self._absent)
        if kind == ESCALATION:
            return directory().present_leads(atlas().ancestors(case.escalated_to_id), self._absent)
        if kind == REPORTERS:
            return self._reporters.get(case.pk, ())
        if kind == PERSON:
            return (a.person_id for a in draft.active if a.person_id is not None)
        role = Role.SUPERVISOR if kind == SUPERVISORS else Role.DISPATCHER
        path = atlas().areas[case.area_id].path if case.area_id else ""
        return (user for user, reach in self._staff[role] if path.startswith(reach) or not path)


def _kept(case: Case) -> list[int]:
    return [key for key in (case.territorial_id, case.functional_id) if key is not None]


def leads_of(case: Case, absent: frozenset[int]) -> set[int]:
    """Return the leads of both grids who are not away, or those of the areas above."""
    users: set[int] = set()
    for grid in (case.community_grid_id, case.service_grid_id):
        users.update(directory().present_leads(atlas().ancestors(grid), absent))
    return users
