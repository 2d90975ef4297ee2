"""What an app needs to offer its operations over REST, whichever floor it lives on."""

from linli.rest.asking import Asked, Given, Moment, Text, asked, given, operation
from linli.rest.listing import Page, PageQuery, page_of, row_of
from linli.rest.problems import Problem, by_key, found
from linli.rest.shapes import Shape, page_shape, row_shape

__all__ = [
    "Asked",
    "Given",
    "Moment",
    "Page",
    "PageQuery",
    "Problem",
    "Shape",
    "Text",
    "asked",
    "by_key",
    "found",
    "given",
    "operation",
    "page_of",
    "page_shape",
    "row_of",
    "row_shape",
]
