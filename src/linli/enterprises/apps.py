from django.apps import AppConfig


class EnterprisesConfig(AppConfig):
    name = "linli.enterprises"
    label = "enterprises"

    def ready(self) -> None:
        from linli.enterprises import visibility  # noqa: F401 (declares who may see what)
