from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class ChainConfig(AppConfig):
    name = "linli.logistics.chain"
    label = "chain"
    verbose_name = _("The chain: lots and their events")

    def ready(self) -> None:
        # It declares who may see what.
        from linli.logistics.chain import visibility  # noqa: F401
