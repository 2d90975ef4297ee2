from django.apps import AppConfig


class TelemetryConfig(AppConfig):
    name = "linli.assets.telemetry"
    label = "telemetry"
