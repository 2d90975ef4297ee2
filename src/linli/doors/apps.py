from django.apps import AppConfig
from django.utils.module_loading import autodiscover_modules


class DoorsConfig(AppConfig):
    name = "linli.doors"
    label = "doors"

    def ready(self) -> None:
        """Learn which tables the apps declare."""
        autodiscover_modules("tables")
        from linli.doors import outbox, uploads  # noqa: F401 (hear of steps; say who sees what)
