"""Pages of the chain: finding a lot, its trace, its code, recall drills, suppliers."""

from collections.abc import Iterator
from datetime import datetime, time
from io import BytesIO
from typing import Any
from urllib.parse import urlencode
from zoneinfo import ZoneInfo

import segno
from django.conf import settings
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse, StreamingHttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from linli.cases.refusal import Refused
from linli.engines.gs1 import Kind
from linli.logistics.chain import (
    book,
    calling_back,
    drills,
    elsewhere,
    finding,
    passports,
    suppliers,
    tracing,
)
from linli.logistics.chain.models import Capture, Drill, Event, Passport, Thing
from linli.logistics.chain.naming import names_of
from linli.logistics.chain.visibility import may_write, owners, sees_any
from linli.people.models import User
from linli.people.scope import Scope, scope


def _reader(request: HttpRequest) -> Scope:
    sight = scope(request.user)
    if not sees_any(sight):
        raise PermissionDenied
    return sight


def _user(request: HttpRequest) -> User:
    assert isinstance(request.user, User)
    return request.user


@login_required
@require_safe
def chain(request: HttpRequest) -> HttpResponse:
    """Find a lot; what was captured last."""
    sight = _reader(request)
    asked = request.GET.get("q", "").strip()
    rows = list(finding.found(sight, asked) if asked else finding.latest(sight))
    if asked and len(rows) == 1:
        return redirect("chain-thing", rows[0].pk)
    names = names_of(rows, [], owners(sight))
    return render(request, "chain/chain.html", {
        "asked": asked, "lines": [(row, names.thing(row)) for row in rows],
        "captures": sight.of(Capture).select_related("owner")[:8],
        "is_empty": not sight.of(Event).exists(), "may_write": may_write(sight),
    })  # fmt: skip


def _thing(request: HttpRequest, pk: int) -> tuple[Scope, Thing]:
    sight = _reader(request)
    return sight, get_object_or_404(sight.of(Thing), pk=pk)


@login_required
@require_safe
def thing(request: HttpRequest, pk: int) -> HttpResponse:
    """Show where a lot came from and went to, in one graph and one table."""
    sight, row = _thing(request, pk)
    found = tracing.trace(row, owners(sight))
    around = [row, *found.backward, *found.forward]
    inspected = elsewhere.inspected(sight, around)
    lines = [
        [(one, found.names.thing(one), abs(found.depth[one.pk]), inspected.get(one.pk))
         for one in side]
        for side in (found.backward, found.forward)
    ]  # fmt: skip
    return render(request, "chain/thing.html", {
        "row": row, "words": found.names.thing(row), "found": found, "before": lines[0],
        "after": lines[1], "inspected": inspected.get(row.pk),
        "held": [one for one in inspected.values() if one.is_held],
        "deliveries": elsewhere.deliveries(sight, around), "graph": tracing.graph(found),
        "events": [(event, found.names.place(event.location or event.read_point),
                    found.names.place(event.source), found.names.place(event.destination))
                   for event in found.events],
        "passport": Passport.objects.filter(thing=row, withdrawn_at=None).first(),
        "may_release": passports.may_release(_user(request), row),
        "is_lot": row.kind == Kind.LOT,
    })  # fmt: skip


# --- passports -------------------------------------------------------------------------------


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def release(request: HttpRequest, pk: int) -> HttpResponse:
    """Choose what everybody may read of a lot."""
    _sight, row = _thing(request, pk)
    user = _user(request)
    if not passports.may_release(user, row):
        raise PermissionDenied
    if request.method == "POST":
        try:
            if request.POST.get("withdraw"):
                passports.withdraw(row, user)
                messages.success(request, _("The passport was withdrawn."))
            else:
                words = [request.POST.get(name, "") for name in ("said", "said_en")]
                passports.release(row, user, request.POST.getlist("shown"), *words)
                messages.success(request, _("The passport is released."))
        except Refused as refusal:
            messages.error(request, str(refusal))
        return redirect("chain-passport", row.pk)
    known = Passport.objects.filter(thing=row).first()
    shown = known.shown if known else ["maker", "made"]
    return render(request, "chain/release.html", {
        "row": row, "known": known, "address": request.build_absolute_uri(_public(row)),
        "is_out": known is not None and known.withdrawn_at is None,
        "parts": [(key, label, key in shown) for key, label in passports.PARTS.items()],
    })  # fmt: skip


def _public(row: Thing) -> str:
    return reverse("passport", args=[row.code, row.part])


@login_required
@require_safe
def code(request: HttpRequest, pk: int) -> HttpResponse:
    """Draw the code of a lot's passport, to be printed."""
    _sight, row = _thing(request, pk)
    drawn = BytesIO()
    address = request.build_absolute_uri(_public(row)) if row.kind == Kind.LOT else row.uri
    segno.make(address, error="m").save(drawn, kind="svg", scale=4, border=4, xmldecl=False)
    return HttpResponse(drawn.getvalue(), content_type="image/svg+xml")


@require_safe
def passport(request: HttpRequest, gtin: str, lot: str) -> HttpResponse:
    """Show everybody what its owner released of a lot (GS1 Digital Link)."""
    found = Passport.objects.filter(thing__code=gtin.zfill(14), thing__part=lot,
                                    thing__kind=int(Kind.LOT)).first()  # fmt: skip
    told = found.content if found is not None and found.withdrawn_at is None else {}
    return render(
        request, "chain/passport.html",
        {"found": found, "told": told, "gtin": gtin.zfill(14), "lot": lot},
        status=200 if told else 410 if found is not None else 404,
    )  # fmt: skip


# --- recall ----------------------------------------------------------------------------------


def _moment(text: str, at: time) -> datetime | None:
    try:
        day = datetime.fromisoformat(text).date()
    except ValueError:
        return None
    return datetime.combine(day, at, ZoneInfo(settings.TIME_ZONE))


def _asked(request: HttpRequest) -> drills.Asked:
    sent = request.POST if request.method == "POST" else request.GET
    return drills.Asked(
        lot=sent.get("lot", "").strip(), supplier=sent.get("supplier", "").strip(),
        ware=sent.get("ware", "").strip(), since=_moment(sent.get("since", ""), time.min),
        until=_moment(sent.get("until", ""), time.max),
    )  # fmt: skip


@login_required
@require_safe
def recall(request: HttpRequest) -> HttpResponse:
    """Ask which lots are affected, where they are, and whom to tell."""
    sight = _reader(request)
    asked = _asked(request)
    found = drills.drill(sight, asked) if asked.is_asked else None
    if found is None:
        book.prepare()
    query = {k: v for k, v in request.GET.items() if k != "page"}
    affects = found is not None and found.lots > 0
    return render(request, "chain/recall.html", {
        "asked": request.GET, "is_asked": asked.is_asked, "found": found,
        "may_call_back": found is not None and calling_back.keeper(sight, found.start) is not None,
        "case": calling_back.open_case(sight, asked) if affects else None,
        "query": urlencode(query), "suppliers": drills.suppliers(sight),
        "past": sight.of(Drill)[:8],
    })  # fmt: skip


@login_required
@require_POST
def record_drill(request: HttpRequest) -> HttpResponse:
    """Keep what a drill found, and how long it took."""
    sight = _reader(request)
    asked = _asked(request)
    try:
        if asked.is_asked and "case" in request.POST:
            calling_back.call_back(sight, _user(request), asked)
            messages.success(request, _("The case of this recall is open."))
        elif asked.is_asked:
            drills.record(sight, _user(request), asked)
            messages.success(request, _("The drill was recorded."))
    except Refused as refusal:
        messages.error(request, str(refusal))
    names = ("lot", "supplier", "ware", "since", "until")
    query = {name: request.POST[name] for name in names if request.POST.get(name)}
    return redirect(f"{reverse('recall')}?{urlencode(query)}")


@login_required
@require_safe
def recall_file(request: HttpRequest) -> HttpResponse | StreamingHttpResponse:
    """Send all affected lots as a file."""
    sight = _reader(request)
    asked = _asked(request)
    if not asked.is_asked:
        return redirect("recall")
    found = drills.drill(sight, asked, most=None)

    def lines() -> Iterator[str]:
        yield "\ufeff" + ",".join(map(str, drills.HEADINGS)) + "\r\n"
        for line in drills.lines(found):
            yield ",".join(_quoted(cell) for cell in line) + "\r\n"

    response = StreamingHttpResponse(lines(), content_type="text/csv; charset=utf-8")
    response["Content-Disposition"] = 'attachment; filename="recall.csv"'
    return response


def _quoted(cell: Any) -> str:
    text = str(cell)
    if text[:1] in "=+-@\t":  # a spreadsheet would take it for a formula
        text = "'" + text
    return '"' + text.replace('"', '""') + '"' if set(text) & set(',"\r\n') else text


@login_required
@require_safe
def supplier_list(request: HttpRequest) -> HttpResponse:
    """Show how suppliers did, and whom nobody can stand in for."""
    sight = _reader(request)
    cards = suppliers.cards(sight, owners(sight))
    alone = [card for card in cards if card.alone_for]
    return render(request, "chain/suppliers.html", {"cards": cards, "alone": alone})
