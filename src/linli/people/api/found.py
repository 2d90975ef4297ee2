"""The person or area that an address names, as far as the owner of the key administers it."""

from typing import TYPE_CHECKING, Literal

from django.http import HttpRequest
from django.utils.translation import gettext as _

from linli.people.administration import Reach
from linli.people.models import Organisation, Role, User
from linli.people.scope import scope
from linli.places.models import Area
from linli.rest import Problem, found

if TYPE_CHECKING:  # mypy cannot read the words of a model
    AnyRole = str
else:
    AnyRole = Literal[tuple(Role.values)]


def administrator(request: HttpRequest) -> User:
    """Return who asks; a Problem with 403 if they administer nothing."""
    assert isinstance(request.user, User)
    if not scope(request.user).has(Role.ADMINISTRATOR):
        raise Problem(403)
    return request.user


def person_of(request: HttpRequest, username: str) -> tuple[User, User]:
    """Return who asks, and a person whom they may change; or a Problem."""
    by = administrator(request)
    user: User = found(scope(by).of(User).filter(username=username[:150]).first())
    if not Reach(by).may_change(user):
        raise Problem(403, _("This person is not yours to change."))
    return by, user


def area_of(request: HttpRequest, code: str) -> tuple[User, Area]:
    """Return who asks, and an area that they administer; or a Problem."""
    by = administrator(request)
    area: Area = found(scope(by).of(Area).filter(code=code[:40]).defer("wkb").first())
    if not Reach(by).covers(area):
        raise Problem(403, _("This lies beyond what you administer."))
    return by, area


def organisation_in_reach(by: User, code: str) -> Organisation:
    """Return an organisation that somebody administers; or a Problem with 422."""
    organisation = Reach(by).organisations.filter(code=code).first()
    if organisation is None:
        words = _("“%(code)s” is not known here.") % {"code": code}
        raise Problem(422, errors=[("organisation", words)])
    return organisation
