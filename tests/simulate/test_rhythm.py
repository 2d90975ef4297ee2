"""When people report what, and in how many ways they say it."""

import tomllib
from collections import Counter
from datetime import date, timedelta
from pathlib import Path
from random import Random

import linli.packs
from linli.cases.models import Category
from linli.places.atlas import atlas
from linli.simulate.rhythm import WAVE_EVERY, Rhythm, Weather
from linli.simulate.sayings import Speech, words
from tests.small_town import category

YEAR = [date(2025, 1, 1) + timedelta(n) for n in range(364)]


def rhythm(days=YEAR, a_day=40):
    """Return a rhythm in which so many reports come on an ordinary day, and nothing else."""
    grids = frozenset(a.pk for a in atlas().areas.values() if a.is_grid and a.layer == "community")
    made = Rhythm(list(Category.objects.order_by("code")), grids, Random(5))
    made.pace(a_day)
    return made


def test_rain_brings_what_rain_brings(town):
    Category.objects.filter(code="lights").update(code="drainage")
    made = rhythm()

    def share(is_wet):
        told = [c.code for day in YEAR[:200] for _at, c, _where, wave in made.day(day, is_wet)
                if wave is None]  # fmt: skip
        return Counter(told)["drainage"] / len(told)

    assert words()["rain"]["drainage"] > 1
    assert share(is_wet=True) > 1.5 * share(is_wet=False)


def test_seasons_bring_what_they_bring(town):
    code, months = next(iter(words()["season"].items()))
    Category.objects.filter(code="lights").update(code=code)
    made = rhythm()
    high, low = (months.index(pick(months)) + 1 for pick in (max, min))

    def share(month):
        days = [day for day in YEAR if day.month == month] * 4
        told = [c.code for day in days for _at, c, _where, wave in made.day(day, False)
                if wave is None]  # fmt: skip
        return Counter(told)[code] / len(told)

    assert share(high) > share(low)


def test_people_report_on_workdays_by_day_and_less_on_sundays(town):
    made = rhythm()
    days, hours = Counter(), Counter()
    for day in YEAR:
        for at, *_rest in made.day(day, False):
            days[day.weekday()] += 1
            hours[at.hour] += 1

    assert days[0] > 1.2 * days[6]
    assert hours[9] > 10 * hours[3]


def test_about_as_many_come_as_were_asked_for(town):
    weather = Weather(YEAR[0], YEAR[-1], Random(1))
    made = rhythm()
    made.scale(5000, YEAR, weather)

    told = sum(len(made.day(day, day in weather.rainy)) for day in YEAR)

    assert 4000 < told < 6000


def test_some_matters_are_told_by_many_in_their_own_words(town):
    made = rhythm(a_day=200)
    waves = Counter(wave for day in YEAR for *_one, wave in made.day(day, False) if wave)

    assert len(waves) > len(YEAR) / WAVE_EVERY / 2
    assert max(waves.values()) > 5


def test_rainy_days_follow_each_other(db):
    rainy = Weather(date(2020, 1, 1), date(2029, 12, 31), Random(3)).rainy
    days = [date(2020, 1, 1) + timedelta(n) for n in range(3652)]
    after_rain = [day + timedelta(1) in rainy for day in days if day in rainy]
    after_sun = [day + timedelta(1) in rainy for day in days if day not in rainy]

    assert sum(after_rain) / len(after_rain) > 1.5 * sum(after_sun) / len(after_sun)


def test_two_thousand_distinct_sentences_are_a_small_part_of_what_can_be_said(town):
    rng = Random(1)
    speech = Speech(Category.objects.all(), rng)
    codes = [c.code for c in Category.objects.all()]
    said = {
        text
        for _ in range(3000)
        for text in speech.report(speech.core(rng.choice(codes)), speech.spot())
    }

    assert len(said) > 2000


def test_a_reply_names_who_did_it_and_a_bad_one_says_next_to_nothing(town):
    speech = Speech([category("stalls")], Random(1))

    good = [speech.reply("综合执法队", "西村", is_good=True) for _ in range(40)]
    bad = [speech.reply("综合执法队", "西村", is_good=False) for _ in range(40)]

    assert all("{" not in text for text in good + bad)
    assert sum("综合执法队" in text for text in good) > 30
    assert max(map(len, bad)) < min(map(len, good))


def test_nobody_reports_what_only_programmes_indicators_and_visits_find():
    # Packs whose categories people report; those of all others come from the upper floor.
    told = {"governance", "neighbour"}
    packs = Path(linli.packs.__file__).parent.glob("*.toml")
    found = {
        row["code"] for pack in packs if pack.stem not in told
        for row in tomllib.loads(pack.read_text("utf-8")).get("category", [])
    }  # fmt: skip

    assert found and found <= set(words()["nobody"])
