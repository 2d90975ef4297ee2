from django.apps import AppConfig


class StewardsConfig(AppConfig):
    name = "linli.stewards"
    label = "stewards"

    def ready(self) -> None:
        from linli.stewards import visibility  # noqa: F401 (declares who may see what)
