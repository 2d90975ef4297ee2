from django.apps import AppConfig


class DoorsConfig(AppConfig):
    name = "linli.doors"
    label = "doors"
