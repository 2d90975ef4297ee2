from django.apps import AppConfig


class PeopleConfig(AppConfig):
    name = "linli.people"
    label = "people"

    def ready(self) -> None:
        """Listen to who comes in and goes out; declare who sees whom."""
        from linli.people import administration, audit, leave, sessions  # noqa: F401
