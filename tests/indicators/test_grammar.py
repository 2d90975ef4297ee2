"""What is wrong with an indicator is said with file, line and key, before anything is computed."""

import pytest

from linli.indicators.models import Indicator, Target
from linli.sections import Faulty
from tests.indicators.conftest import DIGITAL, NUMBER, OUTPUT, OVER, SHARE, indicator


def refusals(small):
    with pytest.raises(Faulty) as refused:
        small.load()
    return " ".join(str(fault) for fault in refused.value.faults)


def over(**changed):
    return {"sum": {**OVER, "column": "output", **changed}}


@pytest.mark.parametrize(
    ("changed", "said"),
    [
        ({"sum": None, "unit": "yuan"}, "needs exactly one of"),
        ({"count": OVER}, "needs exactly one of"),
        (over(of="nowhere"), "there is no table “nowhere”"),
        (over(column="weight"), "has no column “weight”; it has: id, works"),
        (over(column="works"), "is no number"),
        (over(at="area"), "“area”"),
        (over(at="digital"), "tells no period"),
        (over(area="works"), "does not name an area"),
        (over(where=[{"column": "digital", "value": 1}]), "cannot be asked"),
        (over(where=[{"column": "output", "op": "like", "value": 1}]), "“like” is not one of"),
        (over(where=[{"column": "output", "op": "in", "value": 1}]), "cannot be asked"),
        (over(where=[{"column": "colour", "value": "red"}]), "no column “colour”"),
        (over(column_unit="mu"), "is in “wan-yuan”"),
        ({"unit": "enterprises"}, "“wan-yuan” cannot be told in “enterprises”"),
        ({"unit": "bushels"}, "“bushels” is not one of"),
        ({"function": "wizardry"}, "has the function “wizardry”"),
        ({"category": "wizardry"}, "“wizardry” is not known"),
        ({"every": "week"}, "“week” is not one of"),
        ({"colour": "red"}, "colour"),
    ],
)
def test_a_sum_is_checked_against_the_table(small, changed, said):
    one = {key: value for key, value in (OUTPUT | changed).items() if value is not None}
    small.sections["indicator"] = [one]

    refused = refusals(small)

    assert said in refused
    assert "packs/village.toml, line" in refused
    assert not Indicator.objects.exists()


@pytest.mark.parametrize(
    ("one", "said"),
    [
        (indicator("x", "mu", count=OVER), "a count is in enterprises"),
        (SHARE | {"unit": "points"}, "in “percent”"),
        (SHARE | {"share": {"part": "output", "whole": "nothing"}}, "“nothing” is not known"),
        (SHARE | {"share": {"part": "number", "whole": "output"}}, "no share"),
        (indicator("x", "percent", growth={"of": "x"}), "made of itself"),
        (indicator("x", "yuan", total={"parts": [{"of": "output"}, {"of": "number"}]}),
         "make “points”"),
        (indicator("x", "percent", growth={"of": "yearly"}), "for each year only"),
        (indicator("x", "percent", index={"parts": [{"of": "output"}, {"of": "growth"}]}),
         "“growth” is in percent: the growth of a share"),
        (indicator("x", "wan-yuan", index={"parts": [{"of": "output"}, {"of": "number"}]}),
         "a composite is in “percent”"),
        (indicator("x", "points", index={"parts": [{"of": "output"}]}), "fewer than 2"),
        (indicator("x", "points", index={"parts": [{"of": "output"}, {"of": "number",
                                                                       "weight": 0.0}]}),
         "weight"),
    ],
)  # fmt: skip
def test_what_is_made_of_others_is_checked_against_them(small, one, said):
    small.sections["indicator"] = [
        i for i in small.sections["indicator"] if i["code"] != one["code"]
    ] + [one]

    assert said in refusals(small)


GOAL = {"code": "goal", "name": "目标", "indicator": "output", "since": "2026-01",
        "by": "2026-12", "value": 500.0}  # fmt: skip


@pytest.mark.parametrize(
    ("changed", "said"),
    [
        ({"indicator": "nothing"}, "“nothing” is not known"),
        ({"by": "2026"}, "for each month"),
        ({"by": "2025-12"}, "must come after"),
        ({"path": "seasonal"}, "measure must be “total”"),
        ({"path": "steps"}, "for the path “steps”"),
        ({"steps": [{"at": "2026-03", "value": 1.0}]}, "for the path “steps”"),
        ({"path": "steps", "steps": [{"at": "2026-03", "value": 1.0},
                                     {"at": "2026-02", "value": 2.0}]}, "in order"),
        ({"area": "atlantis"}, "“atlantis” is not known"),
    ],
)  # fmt: skip
def test_a_target_is_checked_against_its_indicator(small, changed, said):
    small.sections["target"] = [GOAL | changed]

    assert said in refusals(small)
    assert not Target.objects.exists()


def test_a_good_pack_is_taken_and_left_out_again(small):
    small.sections["target"] = [GOAL]
    small.load()
    assert Indicator.objects.count() == len(small.sections["indicator"])

    small.sections["target"], small.sections["indicator"] = [], [dict(NUMBER)]
    small.load()
    assert not Target.objects.exists()
    assert list(Indicator.objects.filter(retired=False).values_list("code", flat=True)) == [
        "number"
    ]
    assert DIGITAL["value"] is True
