"""An introduction, made a case for whoever brings the two together."""

from django.db import transaction
from django.utils.translation import gettext as _

from linli import clock
from linli.cases.intake import Report, Unusable, receive
from linli.cases.models import Source
from linli.cases.refusal import Refused
from linli.enterprises.matching.models import Introduction, Need
from linli.enterprises.models import Enterprise
from linli.enterprises.visibility import keeps
from linli.people.models import User
from linli.people.scope import scope

CATEGORY = "cultivation"


def introduce(need: Need, supplier: Enterprise, by: User) -> Introduction:
    """Make an introduction a case, once for a need and a supplier.

    Raises
    ------
    Refused
        If the person does not keep the register, or no pack has the category.
    """
    if not keeps(scope(by)):
        raise Refused(_("Only those who keep the register introduce enterprises to each other."))
    if supplier.pk == need.enterprise_id:
        raise Refused(_("An enterprise is not introduced to itself."))
    with transaction.atomic():
        Need.objects.select_for_update().get(pk=need.pk)
        known = Introduction.objects.filter(need=need, supplier=supplier).first()
        if known:
            return known
        words = {"buyer": need.enterprise.name, "supplier": supplier.name, "need": need.name}
        report = Report(
            title=_("Introduce %(supplier)s to %(buyer)s: %(need)s") % words, source=Source.VISIT,
            external_id=f"match-{need.pk}-{supplier.code}", reporter=by, category=CATEGORY,
            area=need.enterprise.area.code,
        )  # fmt: skip
        try:
            (receipt,) = receive([report])
        except Unusable as fault:
            raise Refused(str(fault)) from fault
        return Introduction.objects.create(
            need=need, supplier=supplier, case=receipt.case, by=by, at=clock.now()
        )
