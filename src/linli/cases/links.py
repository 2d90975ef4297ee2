"""What rooms above offer on a case's page: a link each, declared once, shown where it fits.

Cases know none of the rooms above them. A room that has a page about a case says so when it
starts (`offer`), and the page asks which links fit.
"""

from collections.abc import Callable
from dataclasses import dataclass

from django.utils.functional import Promise

from linli.cases.models import Case
from linli.cases.photos import Photos


@dataclass(frozen=True)
class Link:
    """A page about a case.

    Attributes
    ----------
    find
        Returns the address of the page for a case and its photos; None where there is none.
    """

    name: str
    label: str | Promise
    icon: str
    find: Callable[[Case, Photos], str | None]


_links: dict[str, Link] = {}


def offer(link: Link) -> None:
    """Offer a link on the page of every case that it fits."""
    _links[link.name] = link


def beside(case: Case, photos: Photos) -> list[tuple[Link, str]]:
    """Return the links that fit a case, each with its address."""
    return [
        (link, address)
        for link in _links.values()
        if (address := link.find(case, photos)) is not None
    ]
