"""Texts that are kept in Chinese and, where somebody wrote it, in English."""

from django.utils.translation import get_language


def either(chinese: str, english: str) -> str:
    """Return the text in the language of the page, in Chinese where there is no other."""
    return english if english and (get_language() or "").startswith("en") else chinese
