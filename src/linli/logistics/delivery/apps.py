from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class DeliveryConfig(AppConfig):
    name = "linli.logistics.delivery"
    label = "delivery"
    verbose_name = _("Deliveries")

    def ready(self) -> None:
        # It declares who may see what.
        from linli.logistics.delivery import visibility  # noqa: F401
