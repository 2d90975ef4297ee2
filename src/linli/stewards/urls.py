from django.urls import path

from linli.stewards import service_views, views

urlpatterns = [
    path("steward/", views.desk_page, name="steward"),
    path("steward/<code:code>/", views.triage, name="steward-triage"),
    path("deliberations/", views.deliberation_list, name="deliberations"),
    path("deliberations/<int:pk>/", views.deliberation, name="deliberation"),
    path("deliberations/support/<int:pk>/", views.support, name="support"),
    path("deliberations/done/<int:pk>/", views.tick_off, name="tick-off"),
    path("services/", service_views.services, name="services"),
    path("services/home/", service_views.set_home, name="set-home"),
    path("services/bookings/", service_views.booking_list, name="bookings"),
    path("services/bookings/<int:pk>/", service_views.booking, name="booking"),
    path(
        "services/bookings/<int:pk>/<slug:step>/", service_views.booking_step, name="booking-step"
    ),
    path("services/<slug:code>/", service_views.service, name="service"),
]
