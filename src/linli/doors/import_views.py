"""Pages of an import: choose a file, see what would become of each row, take it in."""

import csv
from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.exceptions import PermissionDenied
from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from linli.doors import cells, importing, uploads
from linli.doors.importing import REFUSED, given_columns
from linli.doors.models import ColumnMap, Upload
from linli.doors.reading import Fault, Sheet, Unreadable
from linli.people.models import User
from linli.people.scope import Scope, scope
from linli.tables import Table

A_PAGE = 50
SHOWN = 4  # columns of a row that a preview shows beside its key


@login_required
def imports(request: HttpRequest) -> HttpResponse:
    """Offer the tables this person may import, and take a file."""
    sight = scope(request.user)
    tables = importing.importable(sight)
    if not tables:
        raise PermissionDenied
    fault, chosen = "", request.POST.get("table") or request.GET.get("table", "")
    if request.method == "POST":
        file = request.FILES.get("file")
        if chosen not in tables:
            fault = _("Choose what the file holds.")
        elif file is None:
            fault = _("Choose a file.")
        else:
            try:
                assert isinstance(request.user, User)
                upload = uploads.keep(request.user, tables[chosen], file)
                return redirect("import-file", token=upload.token)
            except Unreadable as error:
                fault = str(error)
    context = {
        "tables": tables.values(),
        "chosen": chosen,
        "fault": fault,
        "uploads": [(u, tables[u.table]) for u in sight.of(Upload) if u.table in tables],
    }
    return render(request, "doors/imports.html", context, status=422 if fault else 200)


def _found(request: HttpRequest, token: str) -> tuple[Scope, Upload, Table]:
    """Return a file of this person and the table it is for, as long as they may write that."""
    sight = scope(request.user)
    upload = get_object_or_404(sight.of(Upload).select_related("owner"), token=token)
    table = importing.importable(sight).get(upload.table)
    if table is None:
        raise Http404
    return sight, upload, table


@login_required
@require_safe
def preview(request: HttpRequest, token: str) -> HttpResponse:
    """Show what would become of each row of a file, or what became of it."""
    sight, upload, table = _found(request, token)
    return _page(request, sight, upload, table)


def _page(
    request: HttpRequest, sight: Scope, upload: Upload, table: Table, status: int = 200
) -> HttpResponse:
    context: dict[str, Any] = {"upload": upload, "table": table, "fates": importing.fates(table)}
    is_done = upload.state == Upload.State.DONE
    try:
        if not is_done:
            sheet = uploads.sheet_of(upload, table)
            context |= _mapping(upload, table, sheet)
            context["maps"] = sight.of(ColumnMap).filter(table=table.name)
        told = uploads.told(upload) if is_done else uploads.foreseen(upload, table, sight)
    except Unreadable as error:
        context["fault"] = str(error)
        return render(request, "doors/import.html", context, status=status)
    fate = request.GET.get("fate", "")
    lines = [line for line in told["lines"] if fate in ("", line["fate"])]
    page = Paginator(lines, A_PAGE).get_page(request.GET.get("page"))
    context |= {
        "told": told,
        "total": len(told["lines"]),
        "counts": [(name, context["fates"][name], n) for name, n in told["counts"].items()],
        "fate": fate,
        "query": f"fate={fate}" if fate else "",
        "page": page,
        "rows": [_row(line, table, context["fates"]) for line in page],
        "has_faults": bool(told["remarks"] or told["counts"].get(REFUSED)),
        "taken": sum(n for name, n in told["counts"].items() if name != REFUSED),
    }
    return render(request, "doors/import.html", context, status=status)


def _row(line: dict[str, Any], table: Table, fates: dict[str, Any]) -> dict[str, Any]:
    labels = {column.name: column.label for column in table.columns}
    shown = {name: text for name, text in line["shows"].items() if text}
    needed = (column.name for column in table.columns if column.required)
    lead = next((name for name in (table.key, *needed) if name in shown), "")
    return {
        "number": line["number"],
        "fate": line["fate"],
        "words": fates[line["fate"]],
        "about": line["about"],
        "lead": shown.pop(lead, ""),
        "values": [(labels[name], text) for name, text in list(shown.items())[:SHOWN]],
        "changes": [(labels[name], before, after) for name, before, after in line["changes"]],
        "faults": line["faults"],
    }


def _mapping(upload: Upload, table: Table, sheet: Sheet) -> dict[str, Any]:
    columns = [
        (column, upload.mapping.get(column.name, ""))
        for column in given_columns(table)
    ]  # fmt: skip
    return {"sheet": sheet, "columns": columns}


@login_required
@require_POST
def set_map(request: HttpRequest, token: str) -> HttpResponse:
    """Read a file in another way: another sheet, other columns, or a map kept before."""
    sight, upload, table = _found(request, token)
    if upload.state != Upload.State.OPEN:
        return redirect("import-file", token=token)
    was, upload.sheet = upload.sheet, request.POST.get("sheet", upload.sheet)
    try:
        sheet = uploads.sheet_of(upload, table)
    except Unreadable as error:
        messages.error(request, str(error))
        return redirect("import-file", token=token)
    kept = sight.of(ColumnMap).filter(table=table.name, pk=request.POST.get("use") or None).first()
    if kept is not None:
        upload.mapping = {k: v for k, v in kept.mapping.items() if v in sheet.columns}
    elif was != upload.sheet:
        upload.mapping = uploads.proposed(upload.owner, table, sheet.columns)
    else:
        chosen = {c.name: request.POST.get(f"column-{c.name}", "") for c in given_columns(table)}
        upload.mapping = {name: title for name, title in chosen.items() if title in sheet.columns}
    upload.save(update_fields=["sheet", "mapping"])
    if name := request.POST.get("name", "").strip():
        uploads.keep_map(upload, sheet.columns, name)
        messages.success(request, _("These columns are kept as “%(name)s”.") % {"name": name})
    return redirect("import-file", token=token)


@login_required
@require_POST
def take(request: HttpRequest, token: str) -> HttpResponse:
    """Take a file in."""
    sight, upload, table = _found(request, token)
    if upload.state == Upload.State.OPEN:
        try:
            upload = uploads.take(upload, table, sight)
        except Unreadable as error:
            messages.error(request, str(error))
    if upload.state != Upload.State.DONE:
        messages.error(request, _("Nothing was written."))
    return redirect("import-file", token=token)


@login_required
@require_POST
def drop(request: HttpRequest, token: str) -> HttpResponse:
    """Throw a file away."""
    _sight, upload, _table = _found(request, token)
    uploads.drop(upload)
    return redirect("imports")


@login_required
@require_safe
def faults(request: HttpRequest, token: str) -> HttpResponse:
    """Send what is wrong with a file, row by row, as CSV."""
    sight, upload, table = _found(request, token)
    try:
        is_done = upload.state == Upload.State.DONE
        told = uploads.told(upload) if is_done else uploads.foreseen(upload, table, sight)
    except Unreadable:
        raise Http404 from None
    response = HttpResponse("\ufeff", content_type="text/csv; charset=utf-8")
    response["Content-Disposition"] = f'attachment; filename="faults-{table.name}.csv"'
    writer = csv.writer(response)
    writer.writerow([_("Row"), _("Column"), _("Value"), _("What is wrong")])
    for fault in uploads.faults_of(told):
        writer.writerow(_cells(fault))
    return response


def _cells(fault: Fault) -> list[Any]:
    return [fault.row, *(cells.defused(text) for text in (fault.field, fault.value, fault.message))]
