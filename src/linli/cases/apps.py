from typing import Any

from django.apps import AppConfig
from django.db.models.signals import post_migrate


def file_what_is_missing(**signal: Any) -> None:
    """After a migration, file the cases that an earlier version of Linli took in."""
    from linli.cases.search import reindex

    reindex(missing=True)


class CasesConfig(AppConfig):
    name = "linli.cases"
    label = "cases"

    def ready(self) -> None:
        from linli.cases import visibility  # noqa: F401 (declares who may see what)

        post_migrate.connect(file_what_is_missing, sender=self)
