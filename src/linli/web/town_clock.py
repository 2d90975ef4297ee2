"""The demonstration's clock on screen: the town's time, and buttons that change its pace."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.timezone import get_current_timezone_name
from django.views.decorators.http import require_POST

from linli import clock
from linli.cases.calendar import calendar
from linli.places.town import NoTown

SPEEDS = (1, 10, 60, 180, 600)  # how many times as fast as the wall's
LONG = timedelta(hours=2)  # a rest from work that is worth passing over
A_MINUTE = 1 / 60


@dataclass(frozen=True)
class Dial:
    """What the bar shows."""

    moment: datetime
    zone: str
    speed: int
    paused: bool

    @property
    def rate(self) -> int:
        """Seconds of the town in one of the wall."""
        return 0 if self.paused else self.speed

    @property
    def millisecond(self) -> int:
        """The moment as scripts count it."""
        return int(self.moment.timestamp() * 1000)

    @property
    def work_begins(self) -> datetime | None:
        """When people work again, if that is a long time from now."""
        try:
            begins = calendar().add(self.moment, A_MINUTE)
        except NoTown:
            return None
        return begins if begins - self.moment > LONG else None

    @property
    def slower(self) -> int | None:
        """The next lower speed, if there is one."""
        return max((speed for speed in SPEEDS if speed < self.speed), default=None)

    @property
    def faster(self) -> int | None:
        """The next higher speed, if there is one."""
        return min((speed for speed in SPEEDS if speed > self.speed), default=None)


def dial() -> Dial | None:
    """Return what the town's clock shows; None outside a demonstration."""
    if not settings.DEMO:
        return None
    pace = clock.pace()
    speed, paused = (round(pace.speed), pace.paused) if pace else (1, False)
    return Dial(clock.now(), get_current_timezone_name(), speed, paused)


@require_POST
def set_clock(request: HttpRequest) -> HttpResponse:
    """Pause the town's clock, let it run on, at another speed, or over to the next morning."""
    if not settings.DEMO:
        raise Http404
    move = request.POST.get("move", "")
    if move == "pause":
        clock.pause()
    elif move == "resume":
        clock.resume()
    elif move == "skip" and (shown := dial()) and shown.work_begins:
        clock.skip(shown.work_begins)
    elif move in map(str, SPEEDS):
        clock.run(float(move))
    if request.headers.get("HX-Request"):
        return render(request, "web/_town_clock.html")
    back = request.POST.get("next", "")
    allowed = url_has_allowed_host_and_scheme(back, {request.get_host()}, request.is_secure())
    return redirect(back if allowed else "home")
