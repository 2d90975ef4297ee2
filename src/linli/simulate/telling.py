"""Who reports what, and in which words."""

from collections import deque
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime
from random import Random

from linli.cases.intake import Report
from linli.cases.models import Category, Source, Triage
from linli.people.models import User
from linli.places.atlas import Location, atlas
from linli.simulate.cast import Cast
from linli.simulate.rhythm import Rhythm, Wave
from linli.simulate.sayings import Speech
from linli.simulate.scenes import VARIANTS, Album

SOURCES = {
    Source.RESIDENT: 0.38, Source.HOTLINE: 0.24, Source.PATROL: 0.22,
    Source.STEWARD: 0.10, Source.API: 0.06,
}  # fmt: skip
STAFF = frozenset({Source.HOTLINE, Source.PATROL, Source.STEWARD})
SORTED = 0.36  # share of those outside the staff who name the category
PICTURED = {
    Source.RESIDENT: 0.6, Source.HOTLINE: 0.0, Source.PATROL: 1.0, Source.STEWARD: 0.7,
    Source.API: 0.3,
}  # fmt: skip
WITH_ACCOUNT, REPEATED = 0.45, 0.05
POINTED, NAMED = 0.62, 0.92  # by a point; by a name in the text; the rest by an area
RECENT = 40


@dataclass(frozen=True, slots=True)
class Told:
    """A report, and what only the simulation knows of it: what and where it really is."""

    report: Report
    category: Category
    place: Location
    at: datetime
    variant: int = 0


class Teller:
    """Lets people report what happens."""

    def __init__(
        self, cast: Cast, speech: Speech, rhythm: Rhythm, album: Album, rng: Random
    ) -> None:
        self._cast, self._speech, self._rhythm = cast, speech, rhythm
        self._album, self._rng = album, rng
        self._recent: deque[Told] = deque(maxlen=RECENT)
        self._waves: dict[Wave, tuple[str, str]] = {}

    def day(self, day: date, is_wet: bool) -> Iterator[Told]:
        """Yield what is reported on one day, in order."""
        for moment, category, place, wave in self._rhythm.day(day, is_wet):
            if self._recent and wave is None and self._rng.random() < REPEATED:
                yield self._again(self._rng.choice(self._recent), moment)
                continue
            told = self.tell(moment, category, place, wave)
            self._recent.append(told)
            yield told

    def tell(
        self, moment: datetime, category: Category, place: Location, wave: Wave | None = None
    ) -> Told:
        """Let somebody report a matter that nobody has reported yet."""
        rng = self._rng
        source = self._source(category)
        grid = atlas().areas[place.community_grid or 0]
        village = atlas().areas[grid.parent_id] if grid.parent_id else grid
        core, spot = self._speech.core(category.code), self._speech.spot()
        if wave is not None:
            # Each tells of it in their own words; what it is and where is the same for all.
            core, spot = self._waves.setdefault(wave, (core, spot))
        how = rng.random()
        name = f"{village.name}{spot}" if how >= POINTED or rng.random() < 0.6 else spot
        title, body = self._speech.report(core, name, source == Source.PATROL)
        is_sorted = source in STAFF or rng.random() < SORTED
        reporter = self._reporter(source, grid.pk)
        author, contact = self._contact(source, reporter)
        variant = rng.randrange(VARIANTS)
        shown = "photo" in category.evidence and rng.random() < PICTURED[source]
        photos = (self._album.photo(category, variant, is_after=False),) if shown else ()
        report = Report(
            title=title, body=body, source=source, created=moment, reporter=reporter,
            author=author, contact=contact,
            category=category.code if is_sorted else None,
            lon=place.lon if how < POINTED else None,
            lat=place.lat if how < POINTED else None,
            area=grid.code if how >= NAMED else None,
            evidence=photos,
        )  # fmt: skip
        return Told(report, category, place, moment, variant)

    def _again(self, told: Told, moment: datetime) -> Told:
        first = told.report
        title, body = self._speech.again(first.title)
        report = Report(
            title=title, body=body, source=Source.RESIDENT, created=moment,
            category=first.category, lon=first.lon, lat=first.lat, area=first.area,
        )  # fmt: skip
        return Told(report, told.category, told.place, moment)

    def _source(self, category: Category) -> Source:
        if category.triage in (Triage.NEIGHBOURHOOD, Triage.PRIVATE):
            return self._rng.choice((Source.RESIDENT, Source.STEWARD, Source.HOTLINE))
        return self._rng.choices(list(SOURCES), list(SOURCES.values()))[0]

    def _reporter(self, source: Source, grid: int) -> User | None:
        if source == Source.PATROL:
            leads = self._cast.leads.get(grid)
            return self._rng.choice(leads) if leads else None
        users = self._cast.residents
        if source != Source.RESIDENT or not users or self._rng.random() > WITH_ACCOUNT:
            return None
        return users[int(len(users) * self._rng.random() ** 1.3)]  # a few report again and again

    def _contact(self, source: Source, reporter: User | None) -> tuple[str, str]:
        if reporter is not None or source not in (Source.HOTLINE, Source.RESIDENT):
            return "", ""
        if self._rng.random() < 0.4:
            return "", ""
        surname = self._rng.choice("王李张陈沈陆徐顾金钱吴周朱俞方冯")
        # No telephone number has this form, so it is nobody's.
        return surname + self._rng.choice(("先生", "女士")), f"000-{self._rng.randrange(10**8):08d}"
