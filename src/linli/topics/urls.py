from django.urls import path

from linli.topics import views

urlpatterns = [
    path("topics/", views.topic_list, name="topics"),
    path("topics/look/", views.look_again, name="look-for-topics"),
    path("topics/<int:pk>/", views.topic, name="topic"),
    path("topics/<int:pk>/joint/", views.make_joint, name="joint"),
]
