from django.urls import path

from linli.indicators.bulletins import views

urlpatterns = [
    path("bulletins/", views.bulletins, name="bulletins"),
    path("bulletins/<slug:period>/", views.bulletin, name="bulletin"),
    path("bulletins/<slug:period>/cases/", views.bulletin_cases, name="bulletin-cases"),
    path("bulletins/<slug:period>/anew/", views.bulletin_anew, name="bulletin-anew"),
    path("bulletins/<slug:period>/send/", views.bulletin_send, name="bulletin-send"),
    path("bulletins/<slug:period>/<slug:kind>/", views.bulletin_file, name="bulletin-file"),
]
