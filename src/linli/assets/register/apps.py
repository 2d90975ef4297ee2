from django.apps import AppConfig


class RegisterConfig(AppConfig):
    name = "linli.assets.register"
    label = "register"
