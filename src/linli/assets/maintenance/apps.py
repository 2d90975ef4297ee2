from django.apps import AppConfig


class MaintenanceConfig(AppConfig):
    name = "linli.assets.maintenance"
    label = "maintenance"

    def ready(self) -> None:
        # It declares who may see what.
        from linli.assets.maintenance import visibility  # noqa: F401
