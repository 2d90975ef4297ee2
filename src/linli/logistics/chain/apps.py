from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class ChainConfig(AppConfig):
    name = "linli.logistics.chain"
    label = "chain"
    verbose_name = _("The chain: lots and their events")

    def ready(self) -> None:
        # It declares who may see what, and what is offered on a case's page.
        from linli.cases.links import Link, offer
        from linli.logistics.chain import visibility  # noqa: F401
        from linli.logistics.chain.calling_back import page_of_case

        offer(Link("recall", _("What the recall reaches"), "route",
                   lambda case, photos: page_of_case(case)))  # fmt: skip
