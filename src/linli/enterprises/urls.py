from django.urls import include, path

from linli.enterprises import figure_views, views, visit_views

urlpatterns = [
    path("", include("linli.enterprises.ladder.urls")),
    path("enterprises/", views.enterprise_list, name="enterprises"),
    path("enterprises/visits/", visit_views.visit_list, name="visits"),
    path("enterprises/visits/plan/", visit_views.plan_round, name="plan-round"),
    path("enterprises/visits/<int:pk>/", visit_views.visit_page, name="visit"),
    path("enterprises/visits/<int:pk>/call-off/", visit_views.call_off, name="call-off"),
    path("enterprises/accounts/<int:pk>/end/", views.remove_delegate, name="remove-delegate"),
    path("enterprises/<slug:code>/", views.enterprise_page, name="enterprise"),
    path("enterprises/<slug:code>/figures/", figure_views.give_figures, name="give-figures"),
    path("enterprises/<slug:code>/plan/", visit_views.plan_visit, name="plan-visit"),
    path("enterprises/<slug:code>/accounts/", views.add_delegate, name="add-delegate"),
    path("", include("linli.enterprises.per_mu.urls")),
    path("", include("linli.enterprises.matching.urls")),
]
