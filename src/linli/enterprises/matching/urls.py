from django.urls import path

from linli.enterprises.matching import views

urlpatterns = [
    path("matching/", views.needs, name="matching"),
    path("matching/<int:pk>/", views.need, name="need"),
    path("matching/<int:pk>/introduce/", views.introduce, name="introduce"),
]
