from django.apps import AppConfig


class EnterprisesConfig(AppConfig):
    name = "linli.enterprises"
    label = "enterprises"
