"""What people give about assets on pages: each form asks for one thing."""

from typing import Any
from uuid import uuid4

from django import forms
from django.utils.translation import gettext_lazy as _

from linli import clock
from linli.assets.register import manuals
from linli.assets.register.models import (
    Asset,
    AssetKind,
    Entry,
    Health,
    Level,
    Shift,
    Skill,
    Spare,
    SpareMove,
    Stop,
)
from linli.assets.register.tree import BELOW
from linli.cases.forms import FilesField
from linli.people.directory import directory
from linli.people.models import Organisation
from linli.people.scope import Scope

ANY, BLANK = [("", _("All"))], [("", "—")]


def _area(length: int, rows: int = 2) -> Any:
    return {"max_length": length, "widget": forms.Textarea(attrs={"rows": rows})}


def _moment(label: Any, **more: Any) -> forms.DateTimeField:
    return forms.DateTimeField(
        label=label, required=False,
        widget=forms.DateTimeInput({"type": "datetime-local"}, format="%Y-%m-%dT%H:%M"), **more,
    )  # fmt: skip


def _clock() -> forms.TimeInput:
    return forms.TimeInput({"type": "time"}, format="%H:%M")


WEEKDAYS = {
    1: _("Monday"), 2: _("Tuesday"), 3: _("Wednesday"), 4: _("Thursday"), 5: _("Friday"),
    6: _("Saturday"), 7: _("Sunday"),
}  # fmt: skip


class FilterForm(forms.Form):
    """How the tree is narrowed."""

    q = forms.CharField(label=_("Name or code"), required=False, max_length=60)
    kind = forms.ChoiceField(label=_("kind"), required=False)
    state = forms.ChoiceField(label=_("State of health"), required=False)

    def __init__(self, data: Any, kinds: list[AssetKind]) -> None:
        super().__init__(data)
        self.fields["kind"].choices = [*ANY, *((k.code, str(k)) for k in kinds)]  # type: ignore[attr-defined]
        self.fields["state"].choices = [*ANY, *Health.State.choices]  # type: ignore[attr-defined]


class FaultForm(forms.Form):
    """What somebody at a machine reports of it; the same form sent twice is one report."""

    once = forms.CharField(widget=forms.HiddenInput, max_length=40)
    title = forms.CharField(label=_("What is wrong?"), max_length=120)
    body = forms.CharField(label=_("More about it"), required=False, **_area(2000, 3))
    evidence = FilesField(label=_("Photos and files"), required=False)

    def __init__(self, data: Any = None, files: Any = None) -> None:
        super().__init__(data, files, initial={"once": uuid4().hex}, auto_id="fault-%s")


class NoteForm(forms.Form):
    """A line of the history."""

    what = forms.ChoiceField(label=_("What"), choices=Entry.What.choices)
    done = forms.CharField(label=_("What was done"), **_area(600))
    found = forms.CharField(label=_("What was found"), required=False, **_area(600))
    minutes = forms.IntegerField(label=_("Minutes"), required=False, min_value=0, max_value=100_000)

    def __init__(self, data: Any = None, files: Any = None) -> None:
        super().__init__(data, files, auto_id="note-%s")


class StopForm(forms.Form):
    """That a machine stands still, and why."""

    cause = forms.ChoiceField(label=_("Cause"), choices=Stop.Cause.choices)
    since = _moment(_("since"), help_text=_("Left empty: now."))
    note = forms.CharField(label=_("Note"), required=False, max_length=200)

    def __init__(self, data: Any = None, files: Any = None) -> None:
        super().__init__(data, files, auto_id="stop-%s")


class ManualForm(forms.Form):
    """A manual, and whom it is for."""

    title = forms.CharField(label=_("Title"), max_length=160)
    file = forms.FileField(
        label=_("File"), help_text=_("A PDF, a picture or a plain text, at most 20 MB.")
    )
    about = forms.ChoiceField(label=_("It is about"), initial=manuals.ONE)

    def __init__(self, asset: Asset, data: Any = None, files: Any = None) -> None:
        super().__init__(data, files, auto_id="manual-%s")
        about = [(manuals.ONE, _("this one"))]
        if asset.kind:
            about.append((manuals.KIND, _("all of its kind")))
        if asset.kind and asset.type:
            about.append((manuals.TYPE, _("all of its type")))
        self.fields["about"].choices = about  # type: ignore[attr-defined]


class DayForm(forms.Form):
    """A day on which a plant works otherwise."""

    day = forms.DateField(
        label=_("Day"), widget=forms.DateInput({"type": "date"}, format="%Y-%m-%d")
    )
    shifts = forms.MultipleChoiceField(
        label=_("Shifts worked"), required=False, widget=forms.CheckboxSelectMultiple,
        help_text=_("None: a day off."),
    )  # fmt: skip
    note = forms.CharField(label=_("Note"), required=False, max_length=120)

    def __init__(self, shifts: list[Shift], data: Any = None, files: Any = None) -> None:
        super().__init__(data, files, auto_id="day-%s")
        self.fields["shifts"].choices = [(s.code, str(s)) for s in shifts]  # type: ignore[attr-defined]


class ShiftForm(forms.Form):
    """A shift of the usual week; the code of one that is kept changes that one."""

    code = forms.CharField(
        label=_("code"), max_length=40, help_text=_("The code of a shift that is kept changes it.")
    )
    name = forms.CharField(label=_("name"), max_length=120)
    name_en = forms.CharField(label=_("English name"), max_length=160, required=False)
    days = forms.MultipleChoiceField(
        label=_("Days of the week"), widget=forms.CheckboxSelectMultiple, initial=list("12345"),
        choices=[(str(day), WEEKDAYS[day]) for day in range(1, 8)],
    )  # fmt: skip
    begins = forms.TimeField(label=_("Begins"), widget=_clock())
    ends = forms.TimeField(
        label=_("Ends"), widget=_clock(), help_text=_("Not later than it begins: the next day.")
    )

    def __init__(self, data: Any = None, files: Any = None) -> None:
        super().__init__(data, files, auto_id="shift-%s")


class CrewForm(forms.Form):
    """How many people of a crew have a skill in a shift; said again, the last word counts."""

    organisation = forms.ChoiceField(label=_("Organisation"))
    skill = forms.ChoiceField(label=_("Skill"))
    shift = forms.ChoiceField(label=_("Shift"), required=False)
    people = forms.IntegerField(label=_("People"), min_value=0, max_value=100_000)

    def __init__(
        self, crews: list[Organisation], shifts: list[Shift], data: Any = None, files: Any = None
    ) -> None:
        super().__init__(data, files, auto_id="crew-%s")
        skills = Skill.objects.filter(retired=False)
        for name, choices in (
            ("organisation", [(row.code, str(row)) for row in crews]),
            ("skill", [(row.code, str(row)) for row in skills]),
            ("shift", [("", _("every")), *((row.code, str(row)) for row in shifts)]),
        ):
            self.fields[name].choices = choices  # type: ignore[attr-defined]


class MoveForm(forms.Form):
    """A movement of a spare."""

    reason = forms.ChoiceField(label=_("Reason"), choices=SpareMove.Reason.choices)
    number = forms.IntegerField(label=_("How many"), min_value=0, max_value=1_000_000)
    asset = forms.ChoiceField(label=_("For which asset"), required=False)
    note = forms.CharField(label=_("Note"), required=False, max_length=200)

    def __init__(
        self, spare: Spare, assets: list[Asset], data: Any = None, files: Any = None
    ) -> None:
        super().__init__(data, files, auto_id="move-%s")
        fitting = {spare.plant.code, *spare.fits}
        rows = [a for a in assets if fitting & {a.code, a.kind}]
        self.fields["asset"].choices = [*BLANK, *((a.code, f"{a.code} {a}") for a in rows)]  # type: ignore[attr-defined]


class AssetForm(forms.Form):
    """What is kept of an asset; the rules are those of a file (`writing`)."""

    code = forms.CharField(label=_("code"), max_length=40)
    name = forms.CharField(label=_("name"), max_length=120)
    name_en = forms.CharField(label=_("English name"), max_length=160, required=False)
    level = forms.ChoiceField(label=_("level"))
    kind = forms.ChoiceField(label=_("kind"), required=False)
    parent = forms.CharField(widget=forms.HiddenInput, required=False, max_length=40)
    organisation = forms.ChoiceField(label=_("Run by"), required=False)
    area = forms.CharField(label=_("Code of the area"), max_length=40, required=False)
    lon = forms.FloatField(label=_("Longitude"), required=False)
    lat = forms.FloatField(label=_("Latitude"), required=False)
    maker = forms.CharField(label=_("Maker"), max_length=120, required=False)
    type = forms.CharField(label=_("Type"), max_length=120, required=False)
    serial = forms.CharField(label=_("Serial number"), max_length=80, required=False)
    commissioned = forms.DateField(
        label=_("Put into service"),
        required=False,
        widget=forms.DateInput({"type": "date"}, format="%Y-%m-%d"),
    )
    retired = forms.BooleanField(label=_("Retired"), required=False)

    def __init__(
        self,
        sight: Scope,
        asset: Asset | None,
        parent: Asset | None,
        data: Any = None,
        files: Any = None,
    ) -> None:
        initial = _as_it_is(asset) if asset else {"parent": parent.code if parent else ""}
        super().__init__(data, files, initial=initial)
        levels = BELOW[parent.level if parent else ""]
        choices = [(value, label) for value, label in Level.choices if value in levels]
        self.fields["level"].choices = choices  # type: ignore[attr-defined]
        kinds = AssetKind.objects.filter(retired=False)
        self.fields["kind"].choices = [*BLANK, *((k.code, str(k)) for k in kinds)]  # type: ignore[attr-defined]
        self.fields["organisation"].choices = [*BLANK, *_runners(sight, asset, parent)]  # type: ignore[attr-defined]
        if asset is not None:
            self.fields["code"].widget = forms.HiddenInput()


def _runners(
    sight: Scope, asset: Asset | None, parent: Asset | None
) -> list[tuple[str, str]]:  # fmt: skip
    """Return who may run an asset: those of the same plant, or those of the town."""
    one = asset or parent
    top = one.top if one else ""
    crew = Asset.objects.filter(code=top).values_list("organisation_id", flat=True).first()
    plants = directory().plants
    rows = Organisation.objects.filter(retired=False).order_by("code")
    if crew in plants:
        rows = rows.filter(pk__in=directory().of_plants(frozenset({plants[crew]})))
    elif top:
        rows = rows.exclude(pk__in=list(plants))
    return [(row.code, str(row)) for row in rows]


def _as_it_is(asset: Asset) -> dict[str, Any]:
    told = {
        name: getattr(asset, name)
        for name in ("code", "name", "name_en", "level", "kind", "lon", "lat", "maker", "type",
                     "serial", "commissioned", "retired")
    }  # fmt: skip
    linked = {"area": asset.area, "organisation": asset.organisation, "parent": asset.parent}
    return told | {name: row.code if row else "" for name, row in linked.items()}  # fmt: skip


class SpareForm(forms.Form):
    """What is kept of a spare beside its stock, which only movements change."""

    code = forms.CharField(label=_("code"), max_length=40)
    name = forms.CharField(label=_("name"), max_length=120)
    name_en = forms.CharField(label=_("English name"), max_length=160, required=False)
    fits = forms.CharField(
        label=_("Fits"), required=False, max_length=600,
        help_text=_("Codes of assets or of kinds of assets, with blanks between."),
    )  # fmt: skip
    minimum = forms.IntegerField(label=_("At least"), min_value=0, max_value=1_000_000)
    lead_days = forms.IntegerField(label=_("Days to deliver"), min_value=0, max_value=3650)
    price_yuan = forms.DecimalField(
        label=_("Price (yuan)"), min_value=0, max_digits=12, decimal_places=2
    )

    def __init__(self, spare: Spare | None, data: Any = None, files: Any = None) -> None:
        initial: dict[str, Any] = {"minimum": 0, "lead_days": 0, "price_yuan": 0}
        if spare is not None:
            initial = {name: getattr(spare, name) for name in (
                "code", "name", "name_en", "minimum", "lead_days", "price_yuan")}  # fmt: skip
            initial["fits"] = " ".join(spare.fits)
        super().__init__(data, files, initial=initial, auto_id="spare-%s")
        if spare is not None:
            self.fields["code"].widget = forms.HiddenInput()


def this_month() -> str:
    """Return the month that figures begin with."""
    return f"{clock.now():%Y-%m}"
