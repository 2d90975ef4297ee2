from django.urls import include, path

urlpatterns = [
    path("", include("linli.enterprises.ladder.urls")),
]
