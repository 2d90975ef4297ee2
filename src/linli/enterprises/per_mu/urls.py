from django.urls import path

from linli.enterprises.per_mu import views

urlpatterns = [
    path("per-mu/", views.league, name="per-mu"),
    path("per-mu/appeals/<int:pk>/", views.rule_on, name="rule-on-figure"),
    path("per-mu/<slug:enterprise>/", views.score_of, name="score"),
    path("per-mu/<slug:enterprise>/appeal/", views.appeal, name="appeal-figure"),
]
