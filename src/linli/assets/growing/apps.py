from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class GrowingConfig(AppConfig):
    name = "linli.assets.growing"
    label = "growing"
    verbose_name = _("Greenhouses")

    def ready(self) -> None:
        """Declare who sees what, and tell rules on telemetry the stages of crops."""
        from linli.assets.growing import panel, visibility  # noqa: F401
        from linli.assets.growing.courses import all_courses
        from linli.assets.telemetry import rules

        rules.courses = all_courses
