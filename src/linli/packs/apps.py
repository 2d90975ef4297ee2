from django.apps import AppConfig
from django.utils.translation import gettext_lazy as L  # noqa: N812

CHANGES = {"new": L("new"), "removed": L("removed"), "retired": L("retired")}


class PacksConfig(AppConfig):
    name = "linli.packs"
    label = "packs"

    def ready(self) -> None:
        """Say how the fields of packs are called in the trail of acts."""
        from linli.packs.words import KINDS, VALUES, WORDS
        from linli.people import audit

        audit.name_fields({**WORDS, **KINDS, **CHANGES}, VALUES)
