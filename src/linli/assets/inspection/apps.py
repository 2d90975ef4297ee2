from django.apps import AppConfig


class InspectionConfig(AppConfig):
    name = "linli.assets.inspection"
    label = "inspection"
