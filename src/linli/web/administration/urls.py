from django.urls import path

from linli.web.administration import audit, calendar, leave, overview, people, places

PERSON = "administration/people/<str:username>/"

urlpatterns = [
    path("administration/", overview.overview, name="administration"),
    path("administration/people/", people.people, name="people"),
    path("administration/people-new/", people.new_person, name="new-person"),
    path(PERSON, people.person, name="person"),
    path(PERSON + "change/", people.change_person, name="change-person"),
    path(PERSON + "close/", people.deactivate, name="close-person"),
    path(PERSON + "open/", people.activate, name="open-person"),
    path(PERSON + "password/", people.reset_password, name="reset-password"),
    path(PERSON + "second-factor/", people.remove_second_factor, name="remove-second-factor"),
    path(PERSON + "roles/", people.grant, name="grant-role"),
    path(PERSON + "roles/<int:pk>/withdraw/", people.withdraw, name="withdraw-role"),
    path(PERSON + "outside/", people.link, name="link-outside"),
    path(PERSON + "outside/<int:pk>/remove/", people.unlink, name="unlink-outside"),
    path("administration/areas/", places.areas, name="areas"),
    path("administration/areas/<str:code>/", places.area_leads, name="area-leads"),
    path("administration/areas/<str:code>/lead/", places.set_lead, name="set-lead"),
    path("administration/organisations/", places.organisations, name="organisations"),
    path("administration/calendar/", calendar.months, name="calendar"),
    path("administration/calendar/change/", calendar.change, name="change-calendar"),
    path("administration/audit/", audit.trail, name="audit"),
    path("leave/", leave.own_leave, name="my-leave"),
    path("leave/enter/", leave.enter, name="enter-leave"),
    path("leave/<int:pk>/remove/", leave.remove, name="remove-leave"),
]
