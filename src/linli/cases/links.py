"""What rooms above offer on a case's page: a link each, declared once, shown where it fits.

Cases know none of the rooms above them. A room that has a page about a case says so when it
starts (`offer`), and the page asks which links fit.
"""

from collections.abc import Callable
from dataclasses import dataclass

from django.urls import reverse
from django.utils.functional import Promise

from linli.cases.models import Case
from linli.cases.photos import Photos


@dataclass(frozen=True)
class Link:
    """A page about a case; `url` is the name of an address whose only part is the case's code.

    Where the page is known by something else, `find` returns its address.
    """

    url: str
    label: str | Promise
    icon: str
    fits: Callable[[Case, Photos], bool]
    find: Callable[[Case], str | None] | None = None


_links: dict[str, Link] = {}


def offer(link: Link) -> None:
    """Offer a link on the page of every case that it fits."""
    _links[link.url] = link


def beside(case: Case, photos: Photos) -> list[tuple[Link, str]]:
    """Return the links that fit a case, each with its address."""
    return [
        (link, (link.find(case) if link.find else None) or reverse(link.url, args=[case.code]))
        for link in _links.values()
        if link.fits(case, photos)
    ]
