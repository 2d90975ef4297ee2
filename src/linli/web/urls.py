from django.urls import include, path
from django.views.i18n import set_language

from linli.cases import urls as _cases  # noqa: F401 (knows how a case's number looks)
from linli.web import front, leagues, ratings, shell, tour, town_clock, views
from linli.web.cockpit import views as cockpit
from linli.web.map import ground
from linli.web.map import views as maps

urlpatterns = [
    path("", front.door, name="home"),
    path("work/<code:code>/<slug:name>/", views.take_on, name="take-on"),
    path("enter/<slug:username>/", front.enter, name="enter"),
    path("clock/", town_clock.set_clock, name="set-clock"),
    path("tour/", tour.tour, name="tour"),
    path("tour/<int:number>/", tour.tour, name="tour-stop"),
    path("tour/photo/<int:pk>/<slug:size>/", tour.photo, name="tour-photo"),
    path("cockpit/", cockpit.cockpit, name="cockpit"),
    path("cockpit/kept/", cockpit.kept, name="cockpit-kept"),
    path("cockpit/live/", cockpit.stream, name="cockpit-stream"),
    path("cockpit/stage/<int:number>/", cockpit.stage, name="cockpit-stage"),
    path("map/", maps.page, name="map"),
    path("map/shapes/<slug:name>.json", ground.sheet, name="map-shapes"),
    path("map/here/", ground.here, name="map-here"),
    path("map/cases/<slug:code>.json", ground.case, name="map-case"),
    path("leagues/", leagues.leagues, name="leagues"),
    path("leagues/why/", leagues.reasons, name="reasons"),
    path("ratings/", ratings.rating_list, name="ratings"),
    path(
        "ratings/<str:month>/<slug:side>/<str:grid>/<str:organisation>/", ratings.rate, name="rate"
    ),
    path("ratings/<int:pk>/appeal/", ratings.appeal, name="appeal-rating"),
    path("appeals/", ratings.appeals, name="appeals"),
    path("appeals/<int:pk>/", ratings.rule, name="rule-on-rating"),
    path("leagues/cases/", leagues.figure, name="figure"),
    path("", include("linli.web.account.urls")),
    path("", include("linli.web.administration.urls")),
    path("language/", set_language, name="set-language"),
    path("theme/", views.set_theme, name="set-theme"),
    path("manifest.webmanifest", shell.manifest, name="manifest"),
    path("worker.js", shell.worker, name="worker"),
    path("offline/", shell.offline, name="offline"),
    path("healthz", views.healthz, name="healthz"),
]
