from django.urls import path

from linli.packs import views

urlpatterns = [
    path("administration/packs/", views.packs, name="packs"),
    path("administration/packs/upload/", views.upload, name="upload-pack"),
    path("administration/packs/drafts/<int:pk>/", views.draft, name="pack-draft"),
    path("administration/packs/drafts/<int:pk>/apply/", views.apply, name="apply-pack"),
    path("administration/packs/drafts/<int:pk>/drop/", views.drop, name="drop-pack"),
    path("administration/packs/versions/<int:pk>/restore/", views.restore, name="restore-pack"),
    path("administration/packs/of/<slug:code>/", views.pack, name="pack"),
    path("administration/packs/of/<slug:code>/source/", views.source, name="pack-source"),
]
