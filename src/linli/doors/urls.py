from django.urls import path

from linli.doors import (
    export_views,
    import_views,
    key_views,
    notice_views,
    reference,
    webhook_views,
)

urlpatterns = [
    path("api/", reference.reference, name="api-reference"),
    path("keys/", key_views.key_list, name="keys"),
    path("keys/issue/", key_views.issue_key, name="issue-key"),
    path("keys/<int:pk>/revoke/", key_views.revoke_key, name="revoke-key"),
    path("import/", import_views.imports, name="imports"),
    path("import/<slug:token>/", import_views.preview, name="import-file"),
    path("import/<slug:token>/columns/", import_views.set_map, name="import-columns"),
    path("import/<slug:token>/take/", import_views.take, name="import-take"),
    path("import/<slug:token>/drop/", import_views.drop, name="import-drop"),
    path("import/<slug:token>/faults.csv", import_views.faults, name="import-faults"),
    path("export/<slug:table>.<slug:kind>", export_views.export, name="export"),
    path("settings/notices/", notice_views.notice_settings, name="notice-settings"),
    path("settings/notices/confirm/<str:token>/", notice_views.confirm, name="confirm-address"),
    path("settings/webhooks/", webhook_views.webhooks, name="webhooks"),
    path("settings/webhooks/<int:pk>/", webhook_views.webhook, name="webhook"),
    path("settings/webhooks/<int:pk>/remove/", webhook_views.remove, name="remove-webhook"),
    path("settings/messages/<int:pk>/again/", webhook_views.again, name="message-again"),
]
