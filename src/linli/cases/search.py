"""Find cases by what is said in them, by where they are, by who has them, by their number.

`Words` holds one row of terms a case, written in the transaction that founds or moves the
case. SQLite keeps an FTS5 index over these rows, PostgreSQL a tsvector made of the very same
terms: neither a tokenizer nor a locale of the server has a say in what is found.
"""

import re
from collections.abc import Callable, Iterable, Iterator, Sequence
from datetime import datetime

from django.db import connection, transaction
from django.db.models import Q, QuerySet
from django.db.models.expressions import RawSQL
from django.utils.html import escape
from django.utils.safestring import SafeString, mark_safe

from linli import bulk
from linli.cases.models import Case, Category, Words
from linli.clock import now
from linli.engines.text import Question, question, terms
from linli.people.models import Organisation
from linli.places.atlas import atlas
from linli.places.models import Town
from linli.places.town import once_a_version

# A change of these changes what a case is found by.
NAMES = ("category_id", "area_id", "service_grid_id", "territorial_id", "functional_id")
RANKED = 500  # of the newest that fit, the best come first
A_BATCH = 2000
HALF_LIFE_DAYS = 90.0
_CODE = re.compile(r"\s*(?:\d{2}-)?0*(\d{1,12})\s*")
_AROUND = 40


# --- filing ----------------------------------------------------------------------------------


@once_a_version
def _names(town: Town) -> dict[tuple[str, int], str]:
    """Return the terms of everything a case may refer to, by field and key."""
    found: dict[tuple[str, int], str] = {}
    for category in Category.objects.select_related("parent"):
        above = f"{category.parent.name} {category.parent.name_en}" if category.parent else ""
        found["category_id", category.pk] = f"{category.name} {category.name_en} {above}"
    areas = atlas().areas
    for pk, area in areas.items():
        within = [areas[up] for up in atlas().ancestors(pk)[:-1]]  # the town is in all of them
        found["area_id", pk] = " ".join(f"{a.name} {a.name_en}" for a in within)
        found["service_grid_id", pk] = f"{area.name} {area.name_en}"
    for organisation in Organisation.objects.all():
        words = f"{organisation.name} {organisation.name_en}"
        found["territorial_id", organisation.pk] = found["functional_id", organisation.pk] = words
    return {key: " ".join(terms(text)) for key, text in found.items()}


def _filed(case: Case, names: dict[tuple[str, int], str]) -> str:
    parts = [*terms(f"{case.title}\n{case.body}"), *terms(case.code)]
    parts += [names.get((name, getattr(case, name)), "") for name in NAMES]
    return " ".join(part for part in parts if part)


def index(new: Sequence[Case], changed: Sequence[Case] = ()) -> None:
    """File cases that were founded, and those of which something in `NAMES` changed."""
    if not new and not changed:
        return
    names = _names()
    if changed:
        Words.objects.filter(case__in=[case.pk for case in changed]).delete()
    rows = [[case.pk, _filed(case, names)] for case in (*new, *changed)]
    bulk.insert_values(Words, ("case", "words"), rows)


def reindex(progress: Callable[[int], None] = lambda cases: None, missing: bool = False) -> int:
    """File every case anew, or those only that are not filed; return how many were."""
    filed = last = 0
    cases = Case.objects.filter(words=None) if missing else Case.objects.all()
    while True:
        with transaction.atomic():
            wanted = cases.filter(pk__gt=last).order_by("pk").defer("sketch", "suggestions")
            batch = list(wanted[:A_BATCH])
            if not batch:
                return filed
            index([], batch)
        last = batch[-1].pk
        filed += len(batch)
        progress(len(batch))


# --- finding ---------------------------------------------------------------------------------


def _matching(asked: Question) -> RawSQL:
    """Return the keys of the cases that are filed under what is asked."""
    if connection.vendor == "sqlite":
        wanted = [f'"{term}"' for term in asked.whole]
        wanted += [f'"{term}" *' for term in asked.beginnings]
        if not asked.phrases:
            return RawSQL(
                "SELECT rowid FROM cases_words_index WHERE cases_words_index MATCH %s",
                [" AND ".join(wanted)],
            )
        sql = (
            "SELECT case_id FROM cases_words WHERE case_id IN "
            "(SELECT rowid FROM cases_words_index WHERE cases_words_index MATCH %s)"
        )
        match = " AND ".join(wanted)
    else:
        wanted = [f"'{term}'" for term in asked.whole]
        wanted += [f"'{term}':*" for term in asked.beginnings]
        sql = "SELECT case_id FROM cases_words WHERE terms @@ %s::tsquery"
        match = " & ".join(wanted)
    # Terms hold letters, digits and characters only: nothing in them means anything to LIKE.
    phrases = [f"% {phrase}%" for phrase in asked.phrases]
    likes = " AND ' ' || words LIKE %s" * len(phrases)
    return RawSQL(sql + likes, [match, *phrases])


def find(text: str) -> Q:
    """Return the cases in which all of the words are found, or whose number was typed."""
    asked = question(text)
    if not asked:
        return Q(pk__in=[])
    found, number = _matching(asked), _CODE.fullmatch(text)
    if number:  # one list of keys: a condition beside it would have to be tried on every case
        return Q(
            pk__in=RawSQL(f"{found.sql} UNION ALL SELECT {int(number.group(1))}", found.params)
        )
    return Q(pk__in=found)


def ranked(cases: QuerySet[Case], text: str) -> list[int]:
    """Return the keys of the newest cases that fit, the best first.

    A word in the title counts more than one in the text, all of them together as they were
    typed more still, and a case of today more than one of last year.
    """
    words = [word.lower() for word in question(text).words]
    number = _CODE.fullmatch(text)
    exact = int(number.group(1)) if number else None
    newest = cases.order_by("-pk").values_list("pk", "title", "reported_at")[:RANKED]
    moment, whole = now(), text.strip().lower()

    def worth(row: tuple[int, str, datetime]) -> tuple[float, int]:
        pk, title, at = row
        title = title.lower()
        hits = sum(word in title for word in words) / max(len(words), 1)
        age = max((moment - at).total_seconds() / 86_400, 0.0)
        fresh = 1 / (1 + age / HALF_LIFE_DAYS)
        return 10 * (pk == exact) + hits + (whole in title) + fresh, pk

    return [row[0] for row in sorted(newest, key=worth, reverse=True)]


# --- showing ---------------------------------------------------------------------------------


def _marked(text: str, words: Iterable[str]) -> Iterator[str]:
    given = sorted({word for word in words if word}, key=len, reverse=True)
    if not given:
        yield escape(text)
        return
    pattern = re.compile("|".join(re.escape(word) for word in given), re.IGNORECASE)
    at = 0
    for hit in pattern.finditer(text):
        yield escape(text[at : hit.start()])
        yield f"<mark>{escape(hit.group())}</mark>"
        at = hit.end()
    yield escape(text[at:])


def highlighted(text: str, words: Iterable[str]) -> SafeString:
    """Return `text` as HTML with the words marked in it."""
    return mark_safe("".join(_marked(text, words)))  # each part was escaped


def snippet(text: str, words: Sequence[str]) -> SafeString:
    """Return the part of `text` around the first of the words, marked; empty without any."""
    low = text.lower()
    places = [at for word in words if word and (at := low.find(word.lower())) >= 0]
    if not places:
        return mark_safe("")
    start = max(min(places) - _AROUND // 2, 0)
    end = start + 3 * _AROUND
    part = " ".join(text[start:end].split())
    lead, tail = "…" if start else "", "…" if end < len(text) else ""
    return mark_safe(lead + highlighted(part, words) + tail)
