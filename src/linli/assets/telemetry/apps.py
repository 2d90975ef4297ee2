from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class TelemetryConfig(AppConfig):
    name = "linli.assets.telemetry"
    label = "telemetry"
    verbose_name = _("Telemetry")

    def ready(self) -> None:
        """Declare who sees what, and how the trail of acts calls it."""
        from linli.assets.telemetry import panel, visibility  # noqa: F401
        from linli.people import audit

        audit.name_fields(
            {
                "code": _("code"), "kind": _("kind"), "address": _("address"),
                "topics": _("topics"), "client": _("client id"), "host": _("host id"),
                "username": _("user name"), "secret": _("password"), "enabled": _("in use"),
                "asset": _("Asset"), "security": _("security"),
            },
            {},
        )  # fmt: skip
