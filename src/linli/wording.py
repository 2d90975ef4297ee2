"""What pydantic finds wrong with a field, in words for whoever edits the file."""

import re
from difflib import get_close_matches
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from pydantic import BaseModel
from pydantic_core import ErrorDetails

L = gettext_lazy
WORDS = {
    "missing": L("is missing."),
    "string_type": L("must be text."),
    "string_too_short": L("is empty."),
    "string_too_long": L("is longer than %(max_length)s letters."),
    "string_pattern_mismatch": L("“%(given)s” is not written as it must be (%(pattern)s)."),
    "int_type": L("must be a whole number."),
    "float_type": L("must be a number."),
    "finite_number": L("must be a number."),
    "bool_type": L("must be true or false."),
    "list_type": L("must be a list."),
    "too_short": L("has fewer than %(min_length)s parts."),
    "too_long": L("has more than %(max_length)s parts."),
    "date_type": L("must be a date, such as 2020-05-20."),
    "greater_than": L("must be more than %(gt)g."),
    "greater_than_equal": L("must be at least %(ge)g."),
    "less_than_equal": L("must be at most %(le)g."),
    "literal_error": L("“%(given)s” is not one of: %(known)s."),
    "model_type": L("must be a table of keys."),
    "is_instance_of": L("is missing or cannot be read."),
}


def wording(error: ErrorDetails, model: type[BaseModel]) -> str:
    """Say what is wrong with one field."""
    kind, context = error["type"], dict(error.get("ctx") or {})
    if kind == "value_error":
        return str(context["error"])
    if kind == "extra_forbidden":
        return _unknown(str(error["loc"][-1]), model if len(error["loc"]) == 1 else None)
    if kind not in WORDS:
        return error["msg"]
    values: dict[str, Any] = context | {"given": error.get("input")}
    if kind == "literal_error":
        values["known"] = ", ".join(filter(None, re.findall("'([^']*)'", context["expected"])))
    return str(WORDS[kind]) % values


def _unknown(name: str, model: type[BaseModel] | None) -> str:
    near = get_close_matches(name, list(model.model_fields), n=1) if model else []
    if near:
        return _("is not known here; did you mean “%(name)s”?") % {"name": near[0]}
    return _("is not known here.")
