"""Words of django-allauth that our catalogue says in our own way: it is asked before theirs."""

from django.utils.translation import gettext_noop

WORDS = (gettext_noop("Two-Factor Authentication"),)
