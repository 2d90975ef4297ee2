from django.urls import path

from linli.assets.inspection import (
    compare_views,
    lot_views,
    part_views,
    setup_views,
    version_views,
    views,
)

urlpatterns = [
    path("inspection/", views.stations, name="inspection"),
    path("inspection/add/", setup_views.add_station, name="add-station"),
    path("inspection/lots/", lot_views.lot_list, name="inspection-lots"),
    path("inspection/lots/<int:pk>/", lot_views.lot, name="inspection-lot"),
    path("inspection/lots/<int:pk>/hold/", lot_views.hold, name="hold-lot"),
    path("inspection/lots/<int:pk>/release/", lot_views.release, name="release-lot"),
    path("inspection/parts/<int:pk>/", part_views.part, name="part"),
    path("inspection/parts/<int:pk>/judge/", part_views.judge, name="judge-part"),
    path("inspection/parts/<int:pk>/undo/", part_views.undo, name="undo-judgement"),
    path("inspection/parts/<int:pk>/<slug:what>.img", part_views.picture, name="part-picture"),
    path("inspection/compare/<code:code>/", compare_views.compare, name="compare-photos"),
    path("inspection/compare/<code:code>/<int:before>/<int:after>/<slug:what>.img",
         compare_views.change, name="photo-change"),
    path("inspection/<slug:station>/", views.station, name="inspection-station"),
    path("inspection/<slug:station>/samples/<str:name>", part_views.sample, name="sample-picture"),
    path("inspection/<slug:station>/live/", views.stream, name="station-stream"),
    path("inspection/<slug:station>/judge/", part_views.judge_queue, name="judge-queue"),
    path("inspection/<slug:station>/settings/", setup_views.change_station, name="change-station"),
    path("inspection/<slug:station>/versions/", version_views.version_list,
         name="inspection-versions"),
    path("inspection/<slug:station>/versions/teach/", version_views.teach, name="teach-station"),
    path("inspection/<slug:station>/versions/<int:number>/use/", version_views.use,
         name="use-version"),
]  # fmt: skip
