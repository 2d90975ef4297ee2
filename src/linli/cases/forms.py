"""Forms made from the action table: a need's name says which field asks for it."""

from collections.abc import Callable, Iterable
from dataclasses import replace
from functools import partial
from itertools import groupby
from typing import Any

from django import forms
from django.conf import settings
from django.core.files.uploadedfile import UploadedFile
from django.db.models import Q
from django.forms.utils import flatatt
from django.urls import reverse
from django.utils.functional import lazy
from django.utils.html import escape
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from linli.cases import intake, loop, nearby
from linli.cases.actors import STAFF
from linli.cases.evidence import ACCEPTED, MAX_BYTES, MAX_FILES
from linli.cases.models import Case, Category, Source, Triage
from linli.cases.nearby import Near
from linli.people.directory import directory
from linli.people.models import Organisation, Role, User
from linli.people.scope import Scope
from linli.places.atlas import NOWHERE, Atlas, atlas
from linli.places.models import Area

MAX_TEXT = 4000
LIKELY = 0.2  # from here up a suggested category says where to look for the same matter
BLANK = [("", "—")]


# --- fields ----------------------------------------------------------------------------------


class Several(forms.ClearableFileInput):
    """A file input that takes more than one file, and on a phone a photo taken at once.

    Both inputs carry the same name, so that either or both may be used.
    """

    allow_multiple_selected = True
    template_name = "cases/_files.html"


class Select(forms.Select):
    """A drop-down list with hundreds of entries, written without a template for each of them."""

    def render(self, name: str, value: Any, attrs: Any = None, renderer: Any = None) -> SafeString:
        chosen = {str(part) for part in self.format_value(value)}
        given = flatatt(self.build_attrs(self.attrs, {"name": name, **(attrs or {})}))
        return mark_safe(f"<select{given}>{self._options(self.choices, chosen)}</select>")

    def _options(self, choices: Any, chosen: set[str]) -> str:
        parts = []
        for key, label in choices:
            if isinstance(label, list | tuple):
                inner = self._options(label, chosen)
                parts.append(f'<optgroup label="{escape(key)}">{inner}</optgroup>')
                continue
            key = "" if key is None else str(key)
            mark = " selected" if key in chosen else ""
            parts.append(f'<option value="{escape(key)}"{mark}>{escape(label)}</option>')
        return "".join(parts)


class FilesField(forms.FileField):
    """A few photos and files; what they really are is checked when they are attached."""

    widget = Several

    def __init__(self, most: int = MAX_FILES, largest: int = MAX_BYTES, **options: Any) -> None:
        super().__init__(**options)
        self.most, self.largest = most, largest
        self.widget.attrs |= {"accept": ",".join(sorted(ACCEPTED)), "hx-preserve": "true"}
        # In the language of the page: a form's field is made once for all of them.
        self.help_text = lazy(self._advice, str)()

    def _advice(self) -> str:
        return _("JPEG, PNG, WebP or PDF: at most %(n)d, of %(mb)d MB each.") % {
            "n": self.most, "mb": self.largest // 2**20,
        }  # fmt: skip

    def clean(self, value: Any, initial: Any = None) -> list[UploadedFile]:
        one = super().clean
        files = [file for file in value or [] if file]
        if not files:
            one(None, initial)
        if len(files) > self.most:
            raise forms.ValidationError(_("At most %(n)d files at once."), params={"n": self.most})
        for file in files:
            if file.size > self.largest:
                raise forms.ValidationError(
                    _("“%(name)s” is larger than %(mb)d MB."),
                    params={"name": file.name, "mb": self.largest // 2**20},
                )
        return [one(file, initial) for file in files]


def area_label(area: Area, town: Atlas) -> str:
    """Return a name that tells areas of the same name apart: "town · grid"."""
    above = [town.areas[pk] for pk in town.ancestors(area.parent_id)][:-1]
    return f"{above[-1]} · {area}" if above else str(area)


class AreaField(forms.CharField):
    """An area by what the list offers ("town · grid"), by name or by code."""

    def __init__(self, offers: str = "all", **options: Any) -> None:
        super().__init__(**options)
        self.widget.attrs |= {"autocomplete": "off", "list": f"areas-{offers}"}

    def prepare_value(self, value: Any) -> Any:
        return area_label(value, atlas()) if isinstance(value, Area) else value

    def clean(self, value: Any) -> Area | None:
        text = super().clean(value).strip()
        if not text:
            return None
        town = atlas()
        if text in town.by_code:
            return town.by_code[text]
        found = [a for a in town.areas.values() if text in (a.name, a.name_en, *a.aliases)]
        found = found or [a for a in town.areas.values() if area_label(a, town) == text]
        if len(found) != 1:
            raise forms.ValidationError(
                _("Several places are called “%(name)s”: choose one from the list.")
                if found
                else _("There is no place “%(name)s”: choose one from the list."),
                params={"name": text},
            )
        return found[0]


def areas_offered(grids: bool = True) -> list[str]:
    """List what the area boxes offer, in the language of the page."""
    town = atlas()
    areas = sorted(town.areas.values(), key=lambda area: area.path)
    return [area_label(area, town) for area in areas if grids or not area.is_grid]


class CaseField(forms.CharField):
    """Another case, by its number; only one that the person may see."""

    def __init__(self, sight: Scope, **options: Any) -> None:
        super().__init__(**options)
        self.sight = sight
        self.widget.attrs |= {"placeholder": "26-000123", "inputmode": "numeric"}

    def clean(self, value: Any) -> Case | None:
        text = super().clean(value).strip()
        if not text:
            return None
        case = by_code(self.sight, text)
        if case is None:
            raise forms.ValidationError(_("There is no case %(code)s."), params={"code": text})
        return case


def number_of(code: str) -> int | None:
    """Return the key of the case people quote as `code`; None if no case can be called so."""
    number = code.rpartition("-")[2]
    # Twelve digits are more than any town has cases, and what every database can compare.
    if not number.isascii() or not number.isdigit() or len(number) > 12:
        return None
    return int(number)


def by_code(sight: Scope, code: str) -> Case | None:
    """Return the case people quote as `code`, if `sight` reaches it."""
    number = number_of(code)
    return None if number is None else sight.of(Case).filter(pk=number).first()


def _grouped(rows: Iterable[Any], of: Callable[[Any], str]) -> list[tuple[str, list]]:
    return [(name, [(row.pk, str(row)) for row in group]) for name, group in groupby(rows, of)]


def categories(rows: list[Category] | None = None) -> list[tuple[Any, Any]]:
    """List the categories as choices, grouped by what they belong to."""
    rows = list(Category.objects.filter(retired=False)) if rows is None else rows
    children: dict[int | None, list[Category]] = {}
    for row in rows:
        children.setdefault(row.parent_id, []).append(row)
    known = {row.pk for row in rows}
    top = [row for row in rows if row.parent_id not in known]
    choices: list[tuple[Any, Any]] = [
        (
            str(row),
            [
                *((child.pk, str(child)) for child in children[row.pk]),
                (row.pk, _("%(category)s: other") % {"category": row}),
            ],
        )
        if row.pk in children
        else (row.pk, str(row))
        for row in top
    ]
    return choices


ORDER = [Organisation.Kind.DEPARTMENT, Organisation.Kind.STATION, Organisation.Kind.TERRITORIAL]


def organisations_offered(sight: Scope) -> list[tuple[str, Any]]:
    """List the organisations that cases are given to as choices, grouped by kind."""
    rows = sorted(
        (o for o in sight.of(Organisation) if o.kind in ORDER),
        key=lambda o: (ORDER.index(Organisation.Kind(o.kind)), o.code),
    )
    return _grouped(rows, lambda o: o.get_kind_display())


def _choice(rows: Any, choices: list, **options: Any) -> forms.ModelChoiceField:
    field = forms.ModelChoiceField(rows, widget=Select, **options)
    field.choices = choices
    return field


def _text(case: Case, sight: Scope, rows: int = 3, **options: Any) -> forms.Field:
    return forms.CharField(
        max_length=MAX_TEXT, widget=forms.Textarea(attrs={"rows": rows}), **options
    )


def _line_of(length: int) -> Callable[..., forms.Field]:
    return lambda case, sight, **options: forms.CharField(max_length=length, **options)


def _yes_or_no(yes: Any, no: Any) -> Callable[..., forms.Field]:
    return lambda case, sight, **options: forms.TypedChoiceField(
        choices=[("yes", yes), ("no", no)],
        coerce=lambda value: value == "yes",
        empty_value=None,
        widget=forms.RadioSelect,
        **options,
    )


def _triage(case: Case, sight: Scope, **options: Any) -> forms.Field:
    wanted = case.triage or (case.category.triage if case.category else "")
    return forms.ChoiceField(
        choices=[*([] if wanted else BLANK), *Triage.choices], initial=wanted, **options
    )


def _category(case: Case, sight: Scope, **options: Any) -> forms.Field:
    rows = Category.objects.filter(retired=False)
    guesses = [label for label, _probability in case.suggestions]
    guessed = next((r.pk for r in rows if guesses[:1] in ([r.code], [r.name])), None)
    return _choice(
        rows, [*BLANK, *categories(list(rows))], initial=case.category_id or guessed, **options
    )


def _area(case: Case, sight: Scope, **options: Any) -> forms.Field:
    here = atlas().areas.get(case.area_id) if case.area_id else None
    return AreaField(initial=here, help_text=_("Type a few characters, then choose."), **options)


def _organisation(case: Case, sight: Scope, **options: Any) -> forms.Field:
    plants = directory().plants
    tops = {plants[key] for key in (case.territorial_id, case.functional_id) if key in plants}
    keepers = directory().of_plants(frozenset(tops))
    rows = sight.of(Organisation).filter(~Q(pk__in=list(plants)) | Q(pk__in=keepers))
    own = _grouped([o for o in rows if o.pk in keepers], lambda o: o.get_kind_display())
    return _choice(rows, [*BLANK, *own, *organisations_offered(sight)], **options)


def _person(case: Case, sight: Scope, **options: Any) -> forms.Field:
    organisations = [a.organisation_id for a in case.assignments.all() if a.active]
    people = User.objects.filter(
        is_active=True,
        memberships__organisation__in=organisations,
        memberships__role__in=STAFF,
    )
    return forms.ModelChoiceField(people.distinct().order_by("name", "id"), **options)


# A need of the table → the field that asks for it. Each is called with the case and the scope
# of the person.
FIELDS: dict[str, Callable[..., forms.Field]] = {
    "triage": _triage,
    "category": _category,
    "area": _area,
    "organisation": _organisation,
    "person": _person,
    "reason": _text,
    "reply": partial(_text, rows=5),
    "comment": _text,
    "text": _text,
    "evidence": lambda case, sight, **options: FilesField(**options),
    "days": lambda case, sight, **options: forms.IntegerField(
        min_value=1, max_value=60, initial=3, **options
    ),
    "satisfied": _yes_or_no(gettext_lazy("Satisfied"), gettext_lazy("Not satisfied")),
    "upheld": _yes_or_no(gettext_lazy("Upheld"), gettext_lazy("Refused")),
    "into": lambda case, sight, **options: CaseField(sight, **options),
    "question": _line_of(300),
    "venue": _line_of(160),
    "meets_at": lambda case, sight, **options: forms.DateTimeField(
        widget=forms.DateTimeInput({"type": "datetime-local"}, format="%Y-%m-%dT%H:%M"), **options
    ),
    "minutes": partial(_text, rows=6),
    "households": lambda case, sight, **options: forms.IntegerField(
        min_value=1, max_value=10_000, **options
    ),
}


# --- forms -----------------------------------------------------------------------------------


class ActionForm(forms.Form):
    """What one action of the table needs, asked of one person for one case."""

    def __init__(
        self, name: str, case: Case, sight: Scope, data: Any = None, files: Any = None
    ) -> None:
        super().__init__(data, files, auto_id=f"{name}-%s")
        self.action, self.case = name, case
        self.label = loop.ACTIONS[name].label
        for need in loop.ACTIONS[name].needs:
            bare = need.removesuffix("?")
            self.fields[bare] = FIELDS[bare](
                case, sight, required=need == bare, label=loop.NEEDS[bare]
            )
        if "reply" in self.fields:
            # Typed, it is judged beside the field; what comes back is advice, nothing more.
            self.fields["reply"].widget.attrs |= {
                "hx-post": reverse("advice", args=[case.code]),
                "hx-trigger": "input changed delay:700ms",
                "hx-target": f"#advice-{name}",
                "hx-swap": "innerHTML",
                "hx-encoding": "application/x-www-form-urlencoded",
                "hx-params": "reply",
            }
        if name == "resolve" and case.category and "photo" in case.category.evidence:
            self.fields["evidence"].required = True

    @property
    def inputs(self) -> dict[str, Any]:
        """What was filled in, by the names of the table.

        A place or category left as it was is not given again: an area has only a centre,
        and would take the place of the point that the reporter gave.
        """
        return {
            name: value
            for name, value in self.cleaned_data.items()
            if value not in (None, "", [])
            and not (name in ("area", "category") and value == getattr(self.case, name))
        }


def forms_for(case: Case, sight: Scope) -> list[ActionForm]:
    """Return an empty form for each action this person may take now."""
    return [ActionForm(name, case, sight) for name in loop.permitted(case, sight)]


class ReportForm(forms.Form):
    """A report as a person types it in."""

    title = forms.CharField(max_length=intake.MAX_TITLE)
    body = forms.CharField(
        max_length=intake.MAX_BODY, required=False, widget=forms.Textarea(attrs={"rows": 4})
    )
    lon = forms.FloatField(required=False, widget=forms.HiddenInput)
    lat = forms.FloatField(required=False, widget=forms.HiddenInput)
    # The case of which the reporter says "I met with that too", by the number people quote.
    follows = forms.CharField(required=False, max_length=20, widget=forms.HiddenInput)
    # No person sees this field. What fills it in is a machine.
    website = forms.CharField(required=False, widget=forms.TextInput(
        attrs={"tabindex": "-1", "autocomplete": "off"}))  # fmt: skip

    def __init__(self, sight: Scope, *given: Any) -> None:
        super().__init__(*given)
        self.sight = sight
        self.fields["website"].label = _("Leave this empty")
        self.fields["title"].label = _("What is it?")
        self.fields["title"].help_text = _("One line, such as “streetlight out at the bridge”")
        self.fields["body"].label = _("More about it")
        self.fields["area"] = AreaField(
            label=_("Where?"), required=False,
            help_text=_("Type a few characters of the village or grid, then choose; "
                        "or name the place in your text."),
        )  # fmt: skip
        rows = Category.objects.filter(retired=False, automatic=False)
        self.fields["category"] = _choice(
            rows, [("", _("I leave that to you")), *categories(list(rows))], required=False,
            label=_("Category"),
        )  # fmt: skip
        known = sight.user.is_authenticated
        limits = () if known else (settings.GUESTS_FILES, settings.GUESTS_FILE_MB * 2**20)
        self.fields["evidence"] = FilesField(*limits, required=False, label=_("Photos"))
        if not known:
            self.fields["author"] = forms.CharField(
                max_length=80, required=False, label=_("Your name")
            )
            self.fields["contact"] = forms.CharField(
                max_length=120, required=False, label=_("How to reach you"),
                help_text=_("Seen only by those who handle the case; each look is recorded."),
            )  # fmt: skip

    def clean_website(self) -> str:
        if self.cleaned_data["website"]:
            raise forms.ValidationError(_("Leave this field empty."))
        return ""

    @property
    def told(self) -> intake.Report:
        """The report as far as it is filled in, without its photos."""
        given = self.cleaned_data
        category, area = given.get("category"), given.get("area")
        point = (given.get("lon"), given.get("lat"))
        lon, lat = point if None not in point else (None, None)
        return intake.Report(
            title=given.get("title") or "", body=given.get("body") or "",
            source=source_of(self.sight),
            reporter=self.sight.user if isinstance(self.sight.user, User) else None,
            author=given.get("author") or "", contact=given.get("contact") or "",
            category=category.code if category else None,
            area=area.code if area else None,
            lon=lon, lat=lat,
        )  # fmt: skip

    def send(self) -> intake.Receipt:
        """Hand the report in, with its photos.

        Raises
        ------
        intake.Unusable, NotEvidence
            If it cannot be taken in; nothing is kept then.
        """
        given = self.cleaned_data
        if (given["lon"] is None) != (given["lat"] is None):
            raise intake.Unusable("lon", _("A point needs both a longitude and a latitude."))
        told = replace(
            self.told, evidence=given["evidence"] or (), follows=self._followed(given["follows"])
        )
        (receipt,) = intake.receive([told])
        return receipt

    def _followed(self, code: str) -> int | None:
        """Return the case the reporter chose: one of those that were offered, no other."""
        if not code:
            return None
        offered = {near.case.code: near.case.pk for near in self.around()[1]}
        return offered.get(code)

    def around(self) -> tuple[list[tuple[Category, float]], list[Near]]:
        """Suggest categories for what was typed, and find what was reported around already."""
        told = self.told
        if not f"{told.title}{told.body}".strip():
            return [], []
        understood = intake.Reader().read([replace(told, category=None)])
        codes = dict(understood.suggestions[0])
        offered = Category.objects.filter(retired=False, automatic=False)
        known = offered.filter(Q(code__in=codes) | Q(name__in=codes))
        likely = sorted(
            ((row, codes.get(row.code, codes.get(row.name, 0))) for row in known),
            key=lambda pair: -pair[1],
        )
        try:
            (place,) = intake.locate([told])
        except (ValueError, KeyError):
            place = NOWHERE
        about = [told.category] if told.category else [
            row.code for row, probability in likely if probability >= LIKELY
        ]  # fmt: skip
        return likely, nearby.around(understood.sketches[0], place, about, self.sight)


def source_of(sight: Scope) -> Source:
    """Tell who found it, by the office of the person who reports."""
    if sight.has(Role.STEWARD):
        return Source.STEWARD
    if sight.has(*STAFF):
        return Source.PATROL
    return Source.HOTLINE if sight.has(Role.DISPATCHER) else Source.RESIDENT
