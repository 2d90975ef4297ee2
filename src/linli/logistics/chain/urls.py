from django.urls import path

from linli.logistics.chain import epcis_views as epcis
from linli.logistics.chain import views

urlpatterns = [
    path("chain/", views.chain, name="chain"),
    path("chain/things/<int:pk>/", views.thing, name="chain-thing"),
    path("chain/things/<int:pk>/passport/", views.release, name="chain-passport"),
    path("chain/things/<int:pk>/code.svg", views.code, name="chain-code"),
    path("chain/recall/", views.recall, name="recall"),
    path("chain/recall/record/", views.record_drill, name="record-drill"),
    path("chain/recall/file.csv", views.recall_file, name="recall-file"),
    path("chain/suppliers/", views.supplier_list, name="suppliers"),
    path("01/<str:gtin>/10/<str:lot>", views.passport, name="passport"),
    path("epcis/v2/capture", epcis.capture, name="epcis-capture"),
    path("epcis/v2/capture/<str:token>", epcis.capture_job, name="epcis-capture-job"),
    path("epcis/v2/events", epcis.events, name="epcis-events"),
    path("epcis/v2/events/<path:name>", epcis.event, name="epcis-event"),
    path("epcis/v2/queries", epcis.queries, name="epcis-queries"),
    path("epcis/v2/queries/<str:name>", epcis.query, name="epcis-query"),
    path("epcis/v2/queries/<str:name>/events", epcis.query_events, name="epcis-query-events"),
    path("epcis/v2/queries/<str:name>/subscriptions", epcis.subscriptions,
         name="epcis-subscriptions"),
    path("epcis/v2/<str:kind>", epcis.collection, name="epcis-collection"),
    path("epcis/v2/<str:kind>/<path:value>/events", epcis.collection_events,
         name="epcis-collection-events"),
]  # fmt: skip
