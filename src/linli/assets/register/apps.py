from django.apps import AppConfig


class RegisterConfig(AppConfig):
    name = "linli.assets.register"
    label = "register"

    def ready(self) -> None:
        # It declares who may see what.
        from linli.assets.register import visibility  # noqa: F401
