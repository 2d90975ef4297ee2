"""Signing in and my settings. django-allauth looks pages up by its own names."""

from allauth.account import views as allauth
from allauth.socialaccount.views import login_cancelled, login_error
from allauth.urls import build_provider_urlpatterns
from django.contrib.auth.views import LogoutView
from django.urls import include, path
from django.views.decorators.debug import sensitive_post_parameters

from linli.people.limits import limited
from linli.web.account import views
from linli.web.account.sign_in import SignIn

sign_in = sensitive_post_parameters("password")(SignIn.as_view())
sign_out = LogoutView.as_view()
sign_up = limited("sign-up", times=10)(allauth.signup)

urlpatterns = [
    path("sign-in/", sign_in, name="sign-in"),
    path("sign-in/", sign_in, name="account_login"),
    path("sign-out/", sign_out, name="sign-out"),
    path("sign-out/", sign_out, name="account_logout"),
    path("sign-up/", sign_up, name="account_signup"),
    path("sign-in/inactive/", allauth.account_inactive, name="account_inactive"),
    path("sign-in/cancelled/", login_cancelled, name="socialaccount_login_cancelled"),
    path("sign-in/failed/", login_error, name="socialaccount_login_error"),
    path("sign-in/", include(build_provider_urlpatterns())),
    path("settings/", views.own_settings, name="settings"),
    path("settings/password/", views.change_password, name="change-password"),
    path("settings/confirm/", allauth.reauthenticate, name="account_reauthenticate"),
    path("settings/second-factor/", include("allauth.mfa.urls")),
    path("settings/sessions/end/", views.end_other_sessions, name="end-other-sessions"),
    path("settings/sessions/<int:pk>/end/", views.end_session, name="end-session"),
]
