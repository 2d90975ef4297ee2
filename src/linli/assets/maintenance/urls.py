from django.urls import path

from linli.assets.maintenance import version_views, views

urlpatterns = [
    path("maintenance/", views.machines, name="maintenance"),
    path("maintenance/plan/", views.plan, name="maintenance-plan"),
    path("maintenance/plan/again/", views.replan, name="plan-again"),
    path("maintenance/versions/", version_views.versions, name="maintenance-versions"),
    path("maintenance/versions/<slug:code>/fit/", version_views.fit, name="fit-upkeep"),
    path("maintenance/versions/<int:pk>/use/", version_views.use, name="use-upkeep-version"),
    path("maintenance/orders/<int:pk>/", views.order, name="work-order"),
    path("maintenance/orders/<int:pk>/try/", views.try_window, name="try-window"),
    path("maintenance/orders/<int:pk>/agree/", views.agree, name="agree-window"),
    path("maintenance/orders/<int:pk>/give-up/", views.give_up, name="give-up-window"),
    path("maintenance/orders/<int:pk>/found/", views.note_order, name="note-order"),
    path("maintenance/findings/<int:pk>/photo/", views.photo, name="finding-photo"),
    path("maintenance/machines/<str:code>/", views.machine, name="maintained-machine"),
    path("maintenance/machines/<str:code>/found/", views.note_machine, name="note-machine"),
]
