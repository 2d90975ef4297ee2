from django.apps import AppConfig


class IndicatorsConfig(AppConfig):
    name = "linli.indicators"
    label = "indicators"

    def ready(self) -> None:
        from linli.indicators import marks  # noqa: F401 (hears of rows that have changed)
