from django.urls import path, register_converter

from linli.cases import (
    case_views,
    desk_views,
    file_views,
    list_views,
    receipt_views,
    report_views,
    ruling_views,
    views,
)


class CaseCode:
    """The number people quote: two digits of the year, a dash, six digits or more."""

    regex = r"\d{2}-\d{6,12}"

    def to_python(self, value: str) -> str:
        return value

    def to_url(self, value: str) -> str:
        return value


register_converter(CaseCode, "code")

urlpatterns = [
    path("cases/", list_views.case_list, name="cases"),
    path("desk/", desk_views.desk, name="desk"),
    path("desk/many/", desk_views.act_on_many, name="desk-many"),
    path("desk/<code:code>/<slug:action>/", desk_views.act, name="desk-act"),
    path("cases/filters/", list_views.keep_filter, name="keep-filter"),
    path("cases/filters/<int:pk>/drop/", list_views.drop_filter, name="drop-filter"),
    path("cases/<code:code>/", case_views.case_page, name="case"),
    path("cases/<code:code>/look/", case_views.look, name="look"),
    path("cases/<code:code>/advice/", case_views.advice, name="advice"),
    path("cases/<code:code>/clocks/", case_views.clocks, name="clocks"),
    path("cases/<code:code>/<slug:action>/", case_views.act, name="act"),
    path("report/", report_views.report, name="report"),
    path("report/already/", report_views.already, name="already"),
    path("receipt/", receipt_views.find_receipt, name="find-receipt"),
    path("receipt/<slug:receipt>/", receipt_views.receipt_page, name="receipt"),
    path("receipt/<slug:receipt>/qr.svg", receipt_views.receipt_qr, name="receipt-qr"),
    path(
        "receipt/<slug:receipt>/photo/<int:pk>/<slug:size>/",
        receipt_views.receipt_picture,
        name="receipt-picture",
    ),
    path(
        "receipt/<slug:receipt>/<slug:action>/",
        receipt_views.act_with_receipt,
        name="act-with-receipt",
    ),
    path("evidence/<int:pk>/", file_views.evidence_file, name="evidence"),
    path("evidence/<int:pk>/<slug:size>/", file_views.picture_file, name="picture"),
    path("administration/rulings/", ruling_views.ruling_list, name="rulings"),
    path("administration/rulings/<int:pk>/", ruling_views.ruling_page, name="ruling"),
    path(
        "administration/rulings/<int:pk>/withdraw/", ruling_views.withdraw, name="withdraw-ruling"
    ),
    path("notices/read/", views.read_notices, name="read-notices"),
]
