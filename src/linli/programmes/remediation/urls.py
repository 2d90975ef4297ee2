from django.urls import path

from linli.programmes.remediation import cutting_views, holding_views, paper_views, views

urlpatterns = [
    path("remediation/", views.campaigns, name="remediation"),
    path("remediation/blocks/<slug:block>/", views.block, name="remediation-block"),
    path("remediation/blocks/<slug:block>/cut/", cutting_views.block, name="cut-block"),
    path("remediation/blocks/<slug:block>/try/", cutting_views.try_block, name="try-block"),
    path("remediation/enterprises/<slug:holding>/", holding_views.holding, name="holding"),
    path(
        "remediation/enterprises/<slug:holding>/<slug:step>/",
        holding_views.step,
        name="holding-step",
    ),
    path("remediation/sheets/<int:offer>/", paper_views.sheet, name="compensation-sheet"),
    path("remediation/contracts/<int:contract>/", paper_views.contract, name="contract-file"),
    path("remediation/<slug:campaign>/", views.campaign, name="campaign"),
    path("remediation/<slug:campaign>/cut/", cutting_views.campaign, name="cut-campaign"),
    path("remediation/<slug:campaign>/try/", cutting_views.try_campaign, name="try-campaign"),
]
