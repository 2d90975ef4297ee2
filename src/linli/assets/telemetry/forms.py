"""What somebody says of a source, and which file they give."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from linli.assets.register.models import Asset
from linli.assets.telemetry.models import Source
from linli.people.scope import Scope


class SourceForm(forms.ModelForm):
    """A source: what it is, where it is, who we are to it."""

    password = forms.CharField(
        label=_("password"), required=False, max_length=200, strip=False,
        widget=forms.PasswordInput(render_value=False, attrs={"autocomplete": "new-password"}),
    )  # fmt: skip

    class Meta:
        model = Source
        fields = (
            *("code", "name", "name_en", "kind", "address", "topics", "username", "security"),
            *("client", "host", "asset", "enabled"),
        )
        widgets = {
            "address": forms.TextInput(attrs={"placeholder": "mqtt://broker:1883"}),
            "topics": forms.TextInput(attrs={"placeholder": "linli/#"}),
        }
        help_texts = {
            "code": _("Short; letters, digits and hyphens."),
            "address": _("mqtt://host:1883, mqtts:// for TLS, mqtt5:// for MQTT 5; "
                         "opc.tcp://host:4840 for OPC UA."),
            "topics": _("What is subscribed to, with blanks between; by default linli/# or "
                        "spBv1.0/#."),
            "security": _("OPC UA only: with this installation’s certificate, to a server whose "
                          "own is trusted; both lie in the folder of the installation."),
            "client": _("The broker keeps what comes for this name while we are away."),
            "host": _("Sparkplug only: the name edge nodes wait for."),
            "asset": _("The plant it belongs to; none for a source of the town."),
        }  # fmt: skip

    field_order = (
        *("code", "name", "name_en", "kind", "address", "topics", "username", "password"),
        *("security", "client", "host", "asset", "enabled"),
    )

    def __init__(self, *given: Any, scope: Scope, **options: Any) -> None:
        options["label_suffix"] = ""
        super().__init__(*given, **options)
        field = self.fields["asset"]
        assert isinstance(field, forms.ModelChoiceField)
        field.queryset = scope.of(Asset).filter(parent=None)
        if self.instance.pk:
            self.fields["code"].disabled = True
            self.fields["password"].help_text = _("Left empty, the one that is kept stays.")

    @property
    def secret(self) -> str | None:
        """The password that was given, None where none was."""
        return self.cleaned_data.get("password") or None


class FileForm(forms.Form):
    """A file of points."""

    file = forms.FileField(
        label=_("CSV or Parquet"),
        widget=forms.FileInput(attrs={"accept": ".csv,.parquet,text/csv"}),
    )
