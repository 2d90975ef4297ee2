"""What an app needs to offer its operations over REST, whichever floor it lives on."""

from linli.rest.asking import Asked, Given, Moment, Text, asked, given, operation
from linli.rest.listing import Page, PageQuery, page_of, row_of
from linli.rest.problems import Problem, found
from linli.rest.shapes import page_shape, row_shape

__all__ = [
    "Asked",
    "Given",
    "Moment",
    "Page",
    "PageQuery",
    "Problem",
    "Text",
    "asked",
    "found",
    "given",
    "operation",
    "page_of",
    "page_shape",
    "row_of",
    "row_shape",
]
