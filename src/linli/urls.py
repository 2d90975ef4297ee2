from django.urls import include, path

from linli.doors import api

urlpatterns = [
    path("api/v1/", api.urls),
    path("", include("linli.web.urls")),
    path("", include("linli.cases.urls")),
    path("", include("linli.doors.urls")),
    path("", include("linli.packs.urls")),
    path("", include("linli.stewards.urls")),
    path("", include("linli.topics.urls")),
    path("", include("linli.enterprises.urls")),
    path("", include("linli.programmes.urls")),
    path("", include("linli.indicators.urls")),
    path("", include("linli.assets.register.urls")),
    path("", include("linli.assets.telemetry.urls")),
    path("", include("linli.assets.inspection.urls")),
    path("", include("linli.assets.maintenance.urls")),
    path("", include("linli.logistics.chain.urls")),
    path("", include("linli.assets.growing.urls")),
    path("", include("linli.logistics.delivery.urls")),
]
