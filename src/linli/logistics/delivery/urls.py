from django.urls import path

from linli.logistics.delivery import views

urlpatterns = [
    path("deliveries/", views.deliveries, name="deliveries"),
    path("deliveries/mine/", views.my_deliveries, name="my-deliveries"),
    path("deliveries/stops/<int:pk>/tell/", views.tell_of_stop, name="tell-of-stop"),
    path("deliveries/plan/", views.ask_plan, name="ask-delivery-plan"),
    path("deliveries/plans/<int:pk>/", views.plan, name="delivery-plan"),
    path("deliveries/plans/<int:pk>/move/", views.move_stop, name="move-delivery"),
    path("deliveries/plans/<int:pk>/release/", views.release_plan, name="release-delivery-plan"),
    path("deliveries/plans/<int:pk>/drop/", views.drop_plan, name="drop-delivery-plan"),
]
