from django.urls import path

from linli.logistics.delivery import views

urlpatterns = [
    path("deliveries/", views.deliveries, name="deliveries"),
]
