from django.urls import path

from linli.logistics.chain import epcis_views as epcis

urlpatterns = [
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
