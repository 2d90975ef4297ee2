"""Programmes (专项): remediation of an area, renewal, investment projects."""

from django.apps import AppConfig


class ProgrammesConfig(AppConfig):
    name = "linli.programmes"
    label = "programmes"

    def ready(self) -> None:
        """Declare who may see what."""
        from linli.programmes.remediation import visibility  # noqa: F401
