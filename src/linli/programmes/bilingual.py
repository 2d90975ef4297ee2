"""What a page says and asks in the language it is read in, and what it never does."""

from django import forms
from django.utils.translation import get_language


def either(chinese: str, english: str) -> str:
    """Return the text in the language of the page, in Chinese where there is no other."""
    return english if english and (get_language() or "").startswith("en") else chinese


def day_input() -> forms.DateInput:
    """Return a field for a day: browsers take it only as 2026-03-31, whatever the language."""
    return forms.DateInput({"type": "date"}, format="%Y-%m-%d")
