from django.urls import include, path

urlpatterns = [
    path("", include("linli.web.urls")),
    path("", include("linli.cases.urls")),
]
