"""Which enterprises are of an industry, or of the digital economy, as a filter."""

from collections.abc import Iterable

from django.db.models import Q

from linli.enterprises.industries import (
    digital_classes,
    industries,
    is_core_digital,
    is_digital_manufacturing,
)


def _of_industries(codes: Iterable[str]) -> Q:
    found = Q(pk__in=[])
    for code in codes:
        found |= Q(industry__startswith=code)
    return found


def core_digital(wanted: bool = True) -> Q:
    """Return the enterprises of the core of the digital economy, or all others."""
    found = _of_industries(code for code in digital_classes() if is_core_digital(code))
    return found if wanted else ~found


def digital_manufacturing(wanted: bool = True) -> Q:
    """Return the enterprises that make digital products, or all others."""
    found = _of_industries(code for code in digital_classes() if is_digital_manufacturing(code))
    return found if wanted else ~found


def in_section(letter: str) -> Q:
    """Return the enterprises of a section of industries."""
    known = industries().values()
    return _of_industries(i.code for i in known if i.section == letter and len(i.code) == 2)
