"""How the fields of work are called that organisations usually answer for."""

from collections.abc import Mapping

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

FIELDS_OF_WORK: Mapping[str, Promise | str] = {
    "urban-management": _("Urban management"),
    "housing": _("Housing"),
    "land": _("Land and planning"),
    "utilities": _("Utilities"),
    "sanitation": _("Sanitation"),
    "transport": _("Transport"),
    "environment": _("Environment"),
    "water": _("Waters"),
    "agriculture": _("Agriculture"),
    "emergency": _("Emergencies"),
    "police": _("Police"),
    "civil-affairs": _("Civil affairs"),
    "health": _("Health care"),
    "education": _("Education"),
    "labour": _("Labour"),
    "commerce": _("Commerce"),
    "market": _("Market supervision"),
    "industry": _("Industry"),
    "tourism": _("Tourism"),
    "data": _("Data office"),
    "quality": _("Quality"),
    "maintenance": _("Maintenance"),
    "process": _("Process engineering"),
}
