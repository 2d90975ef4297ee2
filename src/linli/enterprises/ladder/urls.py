from django.urls import path

from linli.enterprises.ladder import views

urlpatterns = [
    path("ladder/", views.ladder, name="ladder"),
    path("ladder/<slug:enterprise>/", views.climber, name="climber"),
    path("ladder/<slug:enterprise>/next/", views.next_step, name="next-step"),
    path("ladder/<slug:enterprise>/title/", views.grant, name="grant-title"),
]
