"""Who reported a case: shown on asking to those who handle it, and each look is an event."""

from linli.cases import loop
from linli.cases.models import Case, Report
from linli.people.models import User
from linli.people.scope import Scope


def look(case: Case, by: User) -> list[Report]:
    """Show `by` the names and contacts of those who reported `case`, and keep that they looked.

    Pages, doors and exports that would show them come through here and nowhere else.

    Returns
    -------
    The reports of the case in order, each with its reporter.

    Raises
    ------
    Refused
        If `by` does not handle the case, or nobody is known to have reported it.
    """
    loop.act(case, "look", by)
    return list(Scope(by).of(Report).filter(case=case).select_related("reporter"))
