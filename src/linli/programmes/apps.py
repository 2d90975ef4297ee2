from django.apps import AppConfig


class ProgrammesConfig(AppConfig):
    name = "linli.programmes"
    label = "programmes"
