from django.apps import AppConfig


class RegisterConfig(AppConfig):
    name = "linli.assets.register"
    label = "register"

    def ready(self) -> None:
        # It declares who may see what, and hears of cases that are closed.
        from linli.assets.register import history, visibility  # noqa: F401
