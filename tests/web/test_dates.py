"""Fields for a day."""

from datetime import date

from django import forms
from django.utils.translation import override


def _all(form: type) -> list[type]:
    return [form, *(below for one in form.__subclasses__() for below in _all(one))]


def _picks_a_day(field: forms.Field) -> bool:
    return isinstance(field, forms.DateField) and field.widget.input_type == "date"


def test_a_day_that_is_given_stands_in_its_field_in_every_language():
    # A browser's field for a day takes 2026-11-25 and shows nothing for 2026/11/25, as Chinese
    # writes it.
    from linli import urls  # noqa: F401  (all forms of the pages)

    fields = [
        (form.__name__, name, field)
        for form in _all(forms.BaseForm)
        for name, field in getattr(form, "base_fields", {}).items()
        if _picks_a_day(field)
    ]

    with override("zh-hans"):
        wrong = [
            f"{form}.{name}" for form, name, field in fields
            if field.widget.format_value(date(2026, 11, 25)) != "2026-11-25"
        ]  # fmt: skip

    assert len(fields) >= 8 and wrong == []
