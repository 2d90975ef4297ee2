from django.urls import include, path

from linli.indicators import views

urlpatterns = [
    path("", include("linli.indicators.bulletins.urls")),
    path("", include("linli.indicators.schemes.urls")),
    path("indicators/", views.overview, name="indicators"),
    path("indicators/<slug:code>/", views.indicator, name="indicator"),
    path("indicators/<slug:code>/rows/", views.rows, name="indicator-rows"),
    path("indicators/<slug:code>/enter/", views.enter, name="enter-figure"),
]
