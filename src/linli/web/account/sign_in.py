"""Signing in: name and password, then the second factor of those who have one."""

from typing import Any

from allauth.account.internal.flows.login import perform_password_login
from allauth.account.models import Login
from allauth.socialaccount.adapter import get_adapter
from django.conf import settings
from django.contrib.auth.forms import AuthenticationForm
from django.contrib.auth.views import LoginView
from django.http import HttpRequest, HttpResponse

from linli.people.limits import too_many
from linli.people.signing_in import barred, failed
from linli.web.personas import PERSONAS


class SignIn(LoginView):
    """Counts what fails; django-allauth asks for the second factor."""

    template_name = "web/sign_in.html"
    redirect_authenticated_user = True

    def post(self, request: HttpRequest, *arguments: Any, **more: Any) -> HttpResponse:
        """Refuse to look at a password where too many were wrong already."""
        if seconds := barred(request, request.POST.get("username", "")):
            return too_many(request, seconds)
        return super().post(request, *arguments, **more)

    def form_valid(self, form: AuthenticationForm) -> HttpResponse:
        """Go on to the second factor, or in."""
        user = form.get_user()
        login = Login(user=user, redirect_url=self.get_success_url())
        name = {"username": user.get_username()}
        return perform_password_login(self.request, name, login)

    def form_invalid(self, form: AuthenticationForm) -> HttpResponse:
        """Count the failure."""
        failed(self.request, self.request.POST.get("username", ""))
        response = super().form_invalid(form)
        response.status_code = 422
        return response

    def get_context_data(self, **context: Any) -> dict[str, Any]:
        """Offer what else leads in here."""
        outside = [
            (provider.name, provider.get_login_url(self.request))
            for provider in get_adapter().list_providers(self.request)
        ]
        demo = {"personas": PERSONAS} if settings.DEMO else {}
        more = {"outside": outside, "may_sign_up": settings.SIGN_UP}
        return super().get_context_data(**context) | more | demo
