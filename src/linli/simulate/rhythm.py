"""When and where things happen: seasons, weekdays, hours, rain, hot spots and waves."""

from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from functools import cached_property
from random import Random
from zoneinfo import ZoneInfo

import numpy as np
import shapely

from linli.cases.calendar import calendar
from linli.cases.models import Category, Triage
from linli.places.atlas import Location, atlas
from linli.places.models import SERVICE
from linli.places.town import the_town
from linli.simulate.sayings import words

WEEK = (1.16, 1.10, 1.06, 1.04, 1.05, 0.84, 0.75)  # Monday first
# How many of a day's reports come in each hour.
HOURS = (2, 1, 1, 1, 1, 3, 8, 22, 46, 60, 54, 40, 28, 34, 44, 46, 42, 38, 40, 46, 40, 26, 12, 5)
RAIN = (0.22, 0.26, 0.36, 0.36, 0.38, 0.48, 0.34, 0.34, 0.30, 0.20, 0.20, 0.18)  # share of days
RAIN_LASTS = 0.55  # how likely rain goes on to the next day
HOT_SPOTS, IN_HOT_SPOTS = 4, 0.45
POINTS_A_GRID = 24
WAVE_EVERY = 9  # days between two matters that whole neighbourhoods report
WAVE_DAYS, WAVE_SIZE = 8, 0.04  # how long each lasts, and its share of a day's reports
# Where a field of work is at home; what is not named happens anywhere.
LANDS = {
    "agriculture": "field", "water": "water", "industry": "industry", "emergency": "industry",
    "urban-management": "street", "market": "street", "tourism": "street",
}  # fmt: skip
AT_HOME = 0.5
MANY = 3.0  # a category with words of its own is a common one
SHARES = {Triage.NEIGHBOURHOOD: 1.6, Triage.PRIVATE: 1.2}


@dataclass(frozen=True, eq=False)
class Wave:
    """One matter that many report: a night site, a smell, a pipe; with the words they share."""

    category: Category
    place: Location
    first: date
    days: int
    a_day: float


Happening = tuple[datetime, Category, Location, Wave | None]


class Weather:
    """Which days it rained, drawn once: a rainy day makes the next one likelier to be."""

    def __init__(self, first: date, last: date, rng: Random) -> None:
        self.rainy: set[date] = set()
        was_wet = False
        for n in range((last - first).days + 1):
            day = first + timedelta(n)
            share = RAIN[day.month - 1]
            dry_to_wet = share * (1 - RAIN_LASTS) / (1 - share)
            was_wet = rng.random() < (RAIN_LASTS if was_wet else dry_to_wet)
            if was_wet:
                self.rainy.add(day)


class Rhythm:
    """Draws what happens on a day."""

    def __init__(self, categories: list[Category], grids: frozenset[int], rng: Random) -> None:
        self._rng = rng
        self._grids = grids
        self._a_day = 0.0
        # A heading that has categories below it is not what people report.
        parents = {c.parent_id for c in categories}
        found = frozenset(words()["nobody"])
        said = [c for c in categories if c.code not in found]
        self.categories = [c for c in said if c.pk not in parents] or said
        self._zone = ZoneInfo(the_town().timezone)
        self._weights = np.array([self._weight(c) for c in self.categories])
        self._hot: dict[int, list[Location]] = {}
        self._waves: list[Wave] = []

    @staticmethod
    def _weight(category: Category) -> float:
        common = MANY if "what" in words().get(category.code, {}) else 1.0
        return common * SHARES.get(Triage(category.triage), 1.0) if category.triage else common

    def _seasonal(self, day: date, is_wet: bool) -> np.ndarray:
        season, rain = words()["season"], words()["rain"]
        factors = [
            season.get(c.code, [1.0] * 12)[day.month - 1] * (rain.get(c.code, 1.0) if is_wet else 1)
            for c in self.categories
        ]
        return self._weights * factors

    def scale(self, reports: int, days: list[date], weather: Weather) -> None:
        """Let about `reports` come in over these days."""
        waves = 1 + WAVE_DAYS / WAVE_EVERY * WAVE_SIZE
        swell = sum(self._swell(day, self._seasonal(day, day in weather.rainy)) for day in days)
        self._a_day = reports / max(swell * waves, 1)

    def pace(self, reports: float) -> None:
        """Let about so many reports come in on an ordinary day."""
        self._a_day = reports / (1 + WAVE_DAYS / WAVE_EVERY * WAVE_SIZE)

    def draw_points(self) -> None:
        """Draw where things may happen now, so that the first of them need not wait for it."""
        assert self._by_land

    def points_in(self, path: str) -> list[Location]:
        """Return the points that lie in an area, by its path."""
        areas = atlas().areas
        return [p for p in self._points if areas[p.community_grid or 0].path.startswith(path)]

    def _swell(self, day: date, weights: np.ndarray) -> float:
        rest = 1.0 if calendar().is_workday(day) or day.weekday() > 4 else 0.7
        return float(WEEK[day.weekday()] * weights.sum() / self._weights.sum() * rest)

    def day(
        self, day: date, is_wet: bool
    ) -> list[tuple[datetime, Category, Location, Wave | None]]:
        """Return what is reported on a day: when, what, where, and of which wave; in order."""
        rng = self._rng
        weights = self._seasonal(day, is_wet)
        mean = self._a_day * self._swell(day, weights)
        count = max(0, round(rng.gauss(mean, mean**0.5)))
        found: list[Happening] = [
            (self._moment(day), category, self.place(category), None)
            for category in rng.choices(self.categories, weights.tolist(), k=count)
        ]
        for wave in self._wave(day):
            size = max(0, round(rng.gauss(wave.a_day, wave.a_day**0.5)))
            found += [(self._moment(day), wave.category, wave.place, wave) for _ in range(size)]
        return sorted(found, key=lambda one: one[0])

    def _moment(self, day: date) -> datetime:
        hour = self._rng.choices(range(24), HOURS)[0]
        seconds = self._rng.randrange(3600)
        return datetime.combine(day, time(hour), self._zone) + timedelta(seconds=seconds)

    def _wave(self, day: date) -> list[Wave]:
        if self._rng.random() < 1 / WAVE_EVERY:
            common = [c for c in self.categories if c.triage == Triage.PUBLIC] or self.categories
            category = self._rng.choice(common)
            days = self._rng.randint(WAVE_DAYS - 4, WAVE_DAYS + 4)
            size = self._a_day * WAVE_SIZE * self._rng.uniform(0.4, 1.6)
            self._waves.append(Wave(category, self.place(category), day, days, size))
        self._waves = [w for w in self._waves if (day - w.first).days < w.days]
        return self._waves

    def place(self, category: Category) -> Location:
        """Draw where a matter of this kind is: at one of its hot spots, or anywhere fitting."""
        hot = self._hot.get(category.pk)
        if hot is None:
            hot = self._hot[category.pk] = [self._anywhere(category) for _ in range(HOT_SPOTS)]
        if self._rng.random() < IN_HOT_SPOTS:
            return self._rng.choices(hot, [1 / (n + 1) for n in range(HOT_SPOTS)])[0]
        return self._anywhere(category)

    def _anywhere(self, category: Category) -> Location:
        land = LANDS.get(category.function)
        if land in self._by_land and self._rng.random() < AT_HOME:
            return self._rng.choice(self._by_land[land])
        return self._rng.choice(self._points)

    @cached_property
    def _points(self) -> list[Location]:
        """Points inside the community grids, each grid as many, and so more where people live."""
        draw = np.random.default_rng(self._rng.randrange(2**32))
        lon, lat = [], []
        for grid in (atlas().areas[pk] for pk in sorted(self._grids)):
            shape = grid.geometry
            west, south, east, north = shape.bounds
            xy = draw.uniform((west, south), (east, north), (POINTS_A_GRID * 4, 2))
            inside = xy[shapely.contains_xy(shape, xy)][:POINTS_A_GRID]
            lon.append(inside[:, 0])
            lat.append(inside[:, 1])
        found = atlas().locate_points(np.concatenate(lon), np.concatenate(lat))
        return [p for p in found if p.is_known and p.community_grid in self._grids]

    @cached_property
    def _by_land(self) -> dict[str | None, list[Location]]:
        lands = {a.pk: a.land for a in atlas().areas.values() if a.layer == SERVICE}
        found: dict[str | None, list[Location]] = {}
        for point in self._points:
            found.setdefault(lands.get(point.service_grid or 0), []).append(point)
        return found
