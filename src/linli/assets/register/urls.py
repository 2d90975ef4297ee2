from django.urls import path

from linli.assets.register import asset_views, label_views, spare_views, views

urlpatterns = [
    path("assets/", views.asset_list, name="assets"),
    path("assets/running/", views.running, name="assets-running"),
    path("assets/labels/", label_views.labels, name="asset-labels"),
    path("assets/new/", asset_views.new_asset, name="asset-new"),
    path("assets/spares/", spare_views.spare_list, name="spares"),
    path("assets/spares/<str:code>/", spare_views.spare_page, name="spare"),
    path("assets/spares/<str:code>/move/", spare_views.move, name="spare-move"),
    path("assets/spares/<str:code>/change/", spare_views.change, name="spare-change"),
    path("assets/manuals/<int:pk>/", asset_views.manual, name="manual-file"),
    path("assets/<str:code>/", asset_views.asset_page, name="asset"),
    path("assets/<str:code>/change/", asset_views.change, name="asset-change"),
    path("assets/<str:code>/shifts/", views.shifts, name="asset-shifts"),
    path("assets/<str:code>/do/<slug:step>/", asset_views.take_step, name="asset-step"),
    path("a/<str:code>/", label_views.scanned, name="asset-scan"),
]
