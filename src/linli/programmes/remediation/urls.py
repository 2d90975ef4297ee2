from django.urls import path

from linli.programmes.remediation import views

urlpatterns = [
    path("remediation/", views.campaigns, name="remediation"),
    path("remediation/blocks/<slug:block>/", views.block, name="remediation-block"),
    path("remediation/enterprises/<slug:holding>/", views.holding, name="holding"),
    path("remediation/enterprises/<slug:holding>/<slug:step>/", views.step, name="holding-step"),
    path("remediation/sheets/<int:offer>/", views.sheet, name="compensation-sheet"),
    path("remediation/contracts/<int:contract>/", views.contract, name="contract-file"),
    path("remediation/<slug:campaign>/", views.campaign, name="campaign"),
]
