from django.urls import path, register_converter

from linli.cases import list_views, views


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
    path("cases/filters/", list_views.keep_filter, name="keep-filter"),
    path("cases/filters/<int:pk>/drop/", list_views.drop_filter, name="drop-filter"),
    path("cases/<code:code>/", views.case_page, name="case"),
    path("cases/<code:code>/<slug:action>/", views.act, name="act"),
    path("report/", views.report, name="report"),
    path("receipt/", views.find_receipt, name="find-receipt"),
    path("receipt/<slug:receipt>/", views.receipt_page, name="receipt"),
    path("evidence/<int:pk>/", views.evidence_file, name="evidence"),
    path("notices/read/", views.read_notices, name="read-notices"),
]
