from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class MaintenanceConfig(AppConfig):
    name = "linli.assets.maintenance"
    label = "maintenance"

    def ready(self) -> None:
        # It declares who may see what, and what is offered on a case's page.
        from linli.assets.maintenance import panel, visibility  # noqa: F401
        from linli.assets.maintenance.findings import page_of_case
        from linli.cases.links import Link, offer

        offer(
            Link("work-order", _("Note what was found on opening it"), "wrench",
                 lambda case, photos: page_of_case(case))
        )  # fmt: skip
