"""Figures of assets in templates."""

from django import template

from linli.assets.register import saying

register = template.Library()
register.filter("share", saying.percent)
register.filter("in_hours", saying.hours)
