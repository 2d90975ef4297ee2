"""The sample of the park hangs together: its files speak of the same invented enterprises."""

import csv
import json
from collections import Counter
from pathlib import Path

from linli.enterprises.credit_code import is_right
from linli.enterprises.industries import is_known

SAMPLE = Path(__file__).parents[2] / "towns/pinghu/sample"


def rows(name):
    with (SAMPLE / name).open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def test_every_enterprise_of_the_campaign_stands_in_the_register_once():
    register = rows("enterprises.csv") + rows("remediation-enterprises.csv")
    by_code = {row["code"]: row for row in register}
    assert len(by_code) == len(register)
    holdings = rows("remediation-holdings.csv")
    assert len({row["credit_code"] for row in holdings}) == len(holdings) == 126
    for row in holdings:
        there = by_code[row["credit_code"]]
        assert (there["name"], there["name_en"]) == (row["name"], row["name_en"])
    # 15 of them were in the register of the area before, the other 111 came with the campaign.
    assert len(rows("remediation-enterprises.csv")) == 126 - 15


def test_what_was_added_to_the_register_is_right_and_lies_on_its_parcel():
    features = json.loads((SAMPLE / "remediation-parcels.geojson").read_text("utf-8"))["features"]
    parcels = {one["properties"]["code"] for one in features}
    for row in rows("remediation-enterprises.csv"):
        assert is_right(row["code"]) and is_known(row["industry"])
        assert row["parcel"] in parcels
        assert row["size"] in ("micro", "small")


def test_rows_have_an_english_name_for_english_pages():
    for name in ("projects.csv", "incubators.csv", "catchments.csv", "sponge-measures.csv",
                 "programmes.csv", "milestones.csv", "remediation-holdings.csv"):  # fmt: skip
        assert all(row["name_en"] for row in rows(name)), name
    assert all(row["company_en"] and row["industry_en"] for row in rows("projects.csv"))
    ways = json.loads((SAMPLE / "ways.geojson").read_text("utf-8"))["features"]
    assert all(way["properties"]["name_en"] for way in ways)
    twice = Counter(row["name_en"] for row in rows("sponge-measures.csv"))
    assert max(twice.values()) == 1
