from django.urls import path

from linli.assets.telemetry import views

urlpatterns = [
    path("telemetry/", views.tags, name="telemetry"),
    path("telemetry/tags/<str:code>/", views.tag, name="telemetry-tag"),
    path("telemetry/refused/", views.refused, name="telemetry-refused"),
    path("telemetry/files/", views.file, name="telemetry-file"),
    path("telemetry/sources/", views.source_list, name="telemetry-sources"),
    path("telemetry/sources/new/", views.source, name="telemetry-new-source"),
    path("telemetry/sources/<slug:code>/", views.source, name="telemetry-source"),
    path("telemetry/sources/<slug:code>/test/", views.test_source, name="test-telemetry-source"),
    path("telemetry/sources/<slug:code>/remove/", views.remove_source,
         name="remove-telemetry-source"),
]  # fmt: skip
