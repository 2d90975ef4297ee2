from django.urls import path

from linli.indicators.schemes import item_views, views

urlpatterns = [
    path("schemes/", views.schemes, name="schemes"),
    path("schemes/files/<int:pk>/", item_views.proof, name="scheme-file"),
    path("schemes/<slug:code>/", views.scheme, name="scheme"),
    path("schemes/<slug:code>/improve/", views.improve, name="scheme-improve"),
    path("schemes/<slug:code>/items/<slug:item>/", item_views.item, name="scheme-item"),
    path("schemes/<slug:code>/items/<slug:item>/assess/", item_views.assess, name="assess-item"),
]
