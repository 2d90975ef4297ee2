"""Who may sign in: demo accounts only where everything is a demonstration."""

from django.conf import settings
from django.contrib.auth.backends import ModelBackend

from linli.people.models import User


class Accounts(ModelBackend):
    """Django's accounts, less the demo ones outside demo mode."""

    def user_can_authenticate(self, user: User | None) -> bool:  # type: ignore[override]
        """Tell whether this account may be used here."""
        if user is not None and user.is_demo and not settings.DEMO:
            return False
        return super().user_can_authenticate(user)
