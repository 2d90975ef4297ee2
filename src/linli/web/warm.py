"""What a worker makes ready before its first request, so that nobody waits for it in one."""

import logging
from pathlib import Path

from django.db import DatabaseError, connections
from django.template import TemplateSyntaxError
from django.template.loader import get_template
from django.template.utils import get_app_template_dirs
from django.urls import get_resolver
from django.utils import translation

from linli import memory
from linli.cases.calendar import calendar
from linli.cases.intake import categories
from linli.cases.learnt import category_model
from linli.people.directory import directory
from linli.places.atlas import atlas
from linli.places.shapes import shapes
from linli.places.town import NoTown

OURS = Path(__file__).parent.parent

log = logging.getLogger(__name__)


def up() -> None:
    """Read the town into memory, compile templates, and take it all for lasting."""
    assert get_resolver().url_patterns
    for language in ("zh-hans", "en"):
        with translation.override(language):
            translation.gettext("Cases")
    _templates()
    try:
        for made in (atlas, directory, calendar, categories, shapes, category_model):
            made()
    except NoTown:
        pass  # whoever loads one later waits for it once
    except DatabaseError:
        log.exception("the worker starts without having read the town")
    finally:
        connections.close_all()
    memory.settle()


def _templates() -> None:
    for folder in get_app_template_dirs("templates"):
        if OURS not in folder.parents:
            continue
        for path in folder.rglob("*.html"):
            try:
                get_template(path.relative_to(folder).as_posix())
            except TemplateSyntaxError:
                log.exception("%s cannot be compiled", path)
