from django.urls import include, path

from linli.programmes.investment import views as investment
from linli.programmes.renewal import milestone_views as milestones
from linli.programmes.renewal import views as renewal
from linli.programmes.ways import views as ways

urlpatterns = [
    path("programmes/", renewal.programmes, name="programmes"),
    path("programmes/milestones/<int:pk>/done/", milestones.done, name="milestone-done"),
    path("programmes/milestones/<int:pk>/dates/", milestones.dates, name="milestone-dates"),
    path("programmes/milestones/<int:pk>/file/", milestones.file, name="milestone-file"),
    path("programmes/ways/", ways.slow_traffic, name="ways"),
    path("programmes/ways/shapes/", ways.slow_traffic_shapes, name="ways-shapes"),
    path("programmes/sponge/", ways.sponge, name="sponge"),
    path("programmes/sponge/shapes/", ways.sponge_shapes, name="sponge-shapes"),
    path("programmes/<slug:code>/", renewal.programme, name="programme"),
    path("programmes/<slug:code>/gantt/", renewal.gantt, name="programme-gantt"),
    path("programmes/<slug:code>/map/", renewal.programme_map, name="programme-map"),
    path("programmes/<slug:code>/shapes/", renewal.programme_shapes, name="programme-shapes"),
    path("investment/", investment.investment, name="investment"),
    path("investment/projects/", investment.projects, name="investment-projects"),
    path("investment/projects/<slug:code>/", investment.project, name="investment-project"),
    path("investment/projects/<slug:code>/climb/", investment.climb, name="investment-climb"),
    path("", include("linli.programmes.remediation.urls")),
]
