from django.apps import AppConfig


class PeopleConfig(AppConfig):
    name = "linli.people"
    label = "people"

    def ready(self) -> None:
        """Listen to who comes in and goes out."""
        from linli.people import sessions  # noqa: F401
