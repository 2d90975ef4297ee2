"""Papers of an enterprise on the land: the sheet it was offered, the contract it signed."""

from datetime import date
from decimal import Decimal

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from linli.cases.evidence import PDF
from linli.cases.file_views import sent
from linli.people.scope import scope
from linli.programmes.remediation import sheets
from linli.programmes.remediation.models import Contract, Offer
from linli.programmes.remediation.policy import Price


@login_required
@require_safe
def sheet(request: HttpRequest, offer: int) -> HttpResponse:
    """Show a sheet as it was offered, to be printed."""
    sight = scope(request.user)
    found = get_object_or_404(
        sight.of(Offer).select_related(
            "by", "holding__ladder", "holding__negotiator",
            "holding__parcel__block__campaign__organisation",
        ),
        pk=offer,
    )  # fmt: skip
    lines = sheets.lines_of(found)
    return render(
        request,
        "remediation/sheet.html",
        {
            "offer": found,
            "holding": found.holding,
            "campaign": found.holding.campaign,
            "groups": _groups(lines),
            "tiers": _tiers(found, lines),
        },
    )


def _groups(lines: list[sheets.Line]) -> list[tuple[str, list[sheets.Line], Decimal]]:
    names = {**dict(Price.Group.choices), sheets.PROMISE: _("Promised beside the table")}
    found = []
    for key, name in names.items():
        here = [line for line in lines if line.group == key]
        if here:
            found.append((str(name), here, sum((line.amount for line in here), Decimal(0))))
    return found


def _tiers(offer: Offer, lines: list[sheets.Line]) -> list[tuple[date, Decimal]]:
    """Return what it comes to if it is signed by each of the days to come."""
    bonus = next((line for line in lines if line.group == Price.Group.BONUS), None)
    if bonus is None:
        return []
    told = sheets.notified_on(offer.holding) or offer.on
    rest = offer.total - bonus.amount
    prices = offer.holding.campaign.policy.prices.filter(group=Price.Group.BONUS, retired=False)
    found = []
    for price in prices:
        day = sheets.last_day(price, told)
        if day and day >= offer.on:
            amount = offer.total if price.code == bonus.code else (
                rest + sheets.Line.of(price, bonus.quantity).amount
            )  # fmt: skip
            found.append((day, amount))
    return sorted(found)


@login_required
@require_safe
def contract(request: HttpRequest, contract: int) -> HttpResponse:
    """Give the file of a contract to who may see the holding."""
    row = get_object_or_404(scope(request.user).of(Contract), pk=contract)
    with row.file.open("rb") as file:
        content = file.read()
    name = f"contract-{row.pk}.{row.file.name.rpartition('.')[2]}"
    return sent(content, row.content_type, name, row.content_type == PDF)
