from django.urls import path

from linli.assets.growing import views

urlpatterns = [
    path("greenhouses/", views.greenhouses, name="greenhouses"),
    path("greenhouses/calendar/", views.calendar, name="farm-calendar"),
    path("greenhouses/<str:code>/", views.greenhouse, name="greenhouse"),
]
