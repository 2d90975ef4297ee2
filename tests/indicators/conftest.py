"""A register of three works, made for the tests: who they are, and what they made each month.

works      area  digital  above
mill       w1    no       yes
chips      w2    yes      yes
dots       e1    yes      no
"""

import pytest
from django.apps.registry import Apps
from django.db import connection, models
from django.utils import translation

from linli import clock, tables
from linli.people.scope import visible
from linli.tables import Column, Kind, Table
from tests.cases.conftest import MORNING
from tests.small_town import SmallTown

ALONE = Apps()  # so that no other test finds these models


class Works(models.Model):
    code = models.CharField(max_length=20)
    area = models.CharField(max_length=20)
    digital = models.BooleanField()
    above = models.BooleanField()

    class Meta:
        apps = ALONE
        app_label = "park"
        db_table = "test_works"


class WorksMonth(models.Model):
    works = models.ForeignKey(Works, models.CASCADE)
    month = models.CharField(max_length=7)
    output = models.FloatField(null=True)

    class Meta:
        apps = ALONE
        app_label = "park"
        db_table = "test_works_month"


for _model in (Works, WorksMonth):
    visible(_model)(lambda scope: models.Q())

WORKS = Table(
    "works", "Works", Works, "code",
    (
        Column("code", "Code"),
        Column("area", "Area", Kind.KEY, of="areas"),
        Column("digital", "Digital", Kind.FLAG, filters=True),
        Column("above", "Above scale", Kind.FLAG, filters=True),
    ),
)  # fmt: skip
MONTHS = Table(
    "works-months", "Months", WorksMonth, "id",
    (
        Column("id", "Number", Kind.WHOLE),
        Column("works", "Works", Kind.KEY, path="works__code", of="works"),
        Column("area", "Area", Kind.KEY, path="works__area", of="areas"),
        Column("digital", "Digital", Kind.FLAG, path="works__digital"),
        Column("above", "Above scale", Kind.FLAG, path="works__above"),
        Column("month", "Month"),
        Column("output", "Output", Kind.NUMBER, unit="wan-yuan"),
    ),
)  # fmt: skip


def indicator(code, unit="wan-yuan", every="month", **values):
    return {"code": code, "name": code, "unit": unit, "every": every, "function": "housing",
            **values}  # fmt: skip


OVER = {"of": "works-months", "at": "month", "area": "area"}
DIGITAL = {"column": "digital", "value": True}
OUTPUT = indicator("output", sum={**OVER, "column": "output"})
DIGITAL_OUTPUT = indicator("digital-output", sum={**OVER, "column": "output", "where": [DIGITAL]})
SHARE = indicator("digital-share", "percent",
                  share={"part": "digital-output", "whole": "output"})  # fmt: skip
GROWTH = indicator("growth", "percent", growth={"of": "output"})
MONTHLY = indicator("monthly", "percent", growth={"of": "output", "over": "period"})
NUMBER = indicator("number", "enterprises", count={"of": "works", "area": "area"})
YEARLY = indicator("yearly", "percent", "year", growth={"of": "output"})
ALL = (OUTPUT, DIGITAL_OUTPUT, SHARE, GROWTH, MONTHLY, NUMBER, YEARLY)


def make_tables():
    key = "bigserial" if connection.vendor == "postgresql" else "integer"
    auto = "" if connection.vendor == "postgresql" else "autoincrement"
    with connection.cursor() as cursor:
        cursor.execute(f"CREATE TABLE test_works (id {key} primary key {auto}, "
                       "code varchar(20), area varchar(20), digital bool, above bool)")  # fmt: skip
        cursor.execute(f"CREATE TABLE test_works_month (id {key} primary key {auto}, "
                       "works_id bigint, month varchar(7), output double precision)")  # fmt: skip


@pytest.fixture(autouse=True)
def english():
    with translation.override("en"):
        yield


@pytest.fixture
def register(db):
    """Declare the tables for the time of a test."""
    make_tables()
    for table in (WORKS, MONTHS):
        tables._declared[table.name] = table
    yield
    for table in (WORKS, MONTHS):
        tables._declared.pop(table.name)


@pytest.fixture
def small(register, tmp_path):
    town = SmallTown(tmp_path / "town")
    town.sections["indicator"] = [dict(one) for one in ALL]
    return town


def wrote(code, month, output):
    """Write what a works made in a month, and say so, as a writer does."""
    works = Works.objects.get(code=code)
    row, _new = WorksMonth.objects.update_or_create(
        works=works, month=month, defaults={"output": output}
    )
    tables.touched("works-months", rows=[row.pk], periods=[month])


@pytest.fixture
def town(small):
    """The register as above; output of 2025-01, 2026-01 and 2026-02 in 10,000 yuan.

          2025-01  2026-01  2026-02
    mill      100      120      150
    chips      60       90       50
    dots       40       30        –
    """
    small.load()
    for code, area, digital, above in (
        ("mill", "w1", False, True), ("chips", "w2", True, True), ("dots", "e1", True, False),
    ):  # fmt: skip
        Works.objects.create(code=code, area=area, digital=digital, above=above)
    for code, *made in (("mill", 100, 120, 150), ("chips", 60, 90, 50), ("dots", 40, 30, None)):
        for month, output in zip(("2025-01", "2026-01", "2026-02"), made, strict=True):
            if output is not None:
                wrote(code, month, output)
    with clock.at(MORNING):
        yield small
