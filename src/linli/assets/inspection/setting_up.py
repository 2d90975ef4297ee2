"""Stations set up and changed by those who run a plant; each change stands in the trail."""

import re
from typing import Any
from urllib.parse import urlsplit

from django import forms
from django.db import transaction
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as L  # noqa: N812

from linli.assets.inspection.models import Product, Station
from linli.assets.inspection.who import administers, assets_to_set_up, may_set_up_at
from linli.assets.register.models import Asset
from linli.cases.refusal import Refused
from linli.people import audit
from linli.people.models import User
from linli.people.scope import Scope

FIELDS = (
    "code", "name", "name_en", "asset", "product", "method", "feed", "address", "pattern",
    "lot_now", "every_s", "trigger", "normal", "keep_flawed_days", "keep_good_days",
    "keep_good_every", "on",
)  # fmt: skip
CAMERAS = ("rtsp", "rtsps", "http", "https")
# What says where the machine that runs Linli looks is the administrator's, not a plant's.
REACHES_OUT = (Station.Feed.FOLDER, Station.Feed.CAMERA)


class StationForm(forms.ModelForm):
    """What a station needs to be told."""

    class Meta:
        model = Station
        fields = FIELDS
        labels = {
            "code": L("Code"), "name": L("Name"), "name_en": L("English name"),
            "asset": L("At the asset"), "product": L("Product"), "method": L("Method"),
            "feed": L("Where pictures come from"), "address": L("Folder or address"),
            "pattern": L("Lot and serial number in a file’s name"),
            "lot_now": L("Lot now"), "every_s": L("Seconds between two pictures"),
            "trigger": L("A camera takes one"), "normal": L("Usual share of flawed parts"),
            "keep_flawed_days": L("Days to keep pictures of flawed parts"),
            "keep_good_days": L("Days to keep pictures of good parts"),
            "keep_good_every": L("After that, keep one good part’s picture in"),
            "on": L("Switched on"),
        }  # fmt: skip
        help_texts = {
            "code": L("Small letters, digits and hyphens; stands in addresses."),
            "address": L("For a folder: its path on the machine that runs Linli. For a camera: rtsp://… An administrator sets these two up."),  # noqa: E501
            "pattern": L("A regular expression with the groups lot and serial, such as (?P<lot>\\w+)_(?P<serial>\\d+)"),  # noqa: E501
            "lot_now": L("Where nothing else names the lot."),
            "normal": L("0.02 means two of a hundred. A rising rate is measured against it; left out, it is learnt from the last weeks."),  # noqa: E501
        }  # fmt: skip

    def __init__(self, sight: Scope, *given: Any, **named: Any) -> None:
        super().__init__(*given, **named)
        self.sight = sight
        asset, product = self.fields["asset"], self.fields["product"]
        assert isinstance(asset, forms.ModelChoiceField)
        assert isinstance(product, forms.ModelChoiceField)
        keys = [row.pk for row in assets_to_set_up(sight)]
        asset.queryset = Asset.objects.filter(pk__in=keys)
        product.queryset = sight.of(Product).filter(retired=False)
        self.fields["normal"].min_value = 0  # type: ignore[attr-defined]
        if self.instance.pk:
            self.fields["code"].disabled = True

    def clean_pattern(self) -> str:
        """Refuse what is no regular expression, or names neither lot nor serial."""
        text: str = self.cleaned_data["pattern"]
        if text:
            try:
                groups = set(re.compile(text).groupindex)
            except re.error as fault:
                raise forms.ValidationError(
                    _("This is no regular expression: %(fault)s") % {"fault": fault}
                ) from fault
            if not groups & {"lot", "serial"}:
                raise forms.ValidationError(_("Name a group “lot” or “serial”."))
        return text

    def clean_normal(self) -> float | None:
        """Refuse a share that is none."""
        value: float | None = self.cleaned_data["normal"]
        if value is not None and not 0 <= value < 1:
            raise forms.ValidationError(_("A share lies between 0 and 1."))
        return value

    def clean_every_s(self) -> float:
        """Refuse a pace that no camera has, and none at all."""
        value: float = self.cleaned_data["every_s"]
        if not 0.02 <= value <= 86400:
            raise forms.ValidationError(_("Between 0.02 and 86,400 seconds."))
        return value

    def clean(self) -> dict[str, Any]:
        """Refuse a feed without an address, and an address that only an administrator gives."""
        told: dict[str, Any] = super().clean() or {}
        feed, address = told.get("feed"), told.get("address", "")
        if feed in REACHES_OUT:
            if not address:
                self.add_error("address", _("Say where the pictures are."))
            elif {"feed", "address"} & set(self.changed_data) and not administers(self.sight):
                self.add_error("address", _("An administrator sets folders and cameras up."))
        if feed == Station.Feed.CAMERA and address and urlsplit(address).scheme not in CAMERAS:
            self.add_error("address", _("A camera’s address begins with rtsp:// or http://."))
        return told


def save(form: StationForm, by: User) -> Station:
    """Keep a station as its form says, and write into the trail what changed.

    Raises
    ------
    Refused
        If the person may not set a station up where it stands, or where it is to stand.
    """
    if not may_set_up_at(form.sight, form.cleaned_data["asset"]):
        raise Refused(_("You do not set stations up at this asset."))
    is_new = form.instance.pk is None
    changes = {
        name: (None if is_new else _plain(form.initial.get(name)), _plain(form.cleaned_data[name]))
        for name in form.changed_data
    }
    with transaction.atomic():
        station: Station = form.save()
        audit.record(
            "station-changed", by, kind="station", key=station.code, name=station.name,
            changes=changes,
        )  # fmt: skip
    return station


def _plain(value: Any) -> Any:
    return str(value) if isinstance(value, Asset | Product) else value


audit.name_fields(StationForm.Meta.labels, {})
