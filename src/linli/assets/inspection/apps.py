"""Inspection (检测): pictures of parts judged by a model, and the model taught by inspectors."""

from django.apps import AppConfig
from django.urls import reverse
from django.utils.translation import gettext_lazy as _


class InspectionConfig(AppConfig):
    name = "linli.assets.inspection"
    label = "inspection"
    verbose_name = _("Inspection")

    def ready(self) -> None:
        # It declares who may see what, and what is offered on a case's page.
        from linli.assets.inspection import before_panel, panel, visibility  # noqa: F401
        from linli.cases.links import Link, offer

        offer(
            Link("compare-photos", _("Compare before and after"), "eye",
                 lambda case, photos: reverse("compare-photos", args=[case.code])
                 if photos.before and photos.after else None)
        )  # fmt: skip
