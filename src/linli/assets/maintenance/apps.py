from django.apps import AppConfig


class MaintenanceConfig(AppConfig):
    name = "linli.assets.maintenance"
    label = "maintenance"
