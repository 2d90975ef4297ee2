"""A ladder for tests, and the categories its steps become."""

from typing import Any

CULTIVATION = {
    "code": "cultivation", "name": "企业培育", "function": "industry", "lead": "functional",
    "accept_hours": 15, "resolve_hours": 150, "evaluation_days": 10, "evidence": [],
    "triage": "public",
}  # fmt: skip


def condition(column: str, comparison: str, value: Any, **more: Any) -> dict[str, Any]:
    """Make a condition as a pack has it."""
    return {"column": column, "comparison": comparison, "value": value, **more}


RUNGS: list[dict[str, Any]] = [
    {"code": "micro", "name": "小微", "name_en": "Micro"},
    {"code": "small", "name": "小型", "name_en": "Small", "category": "cultivation",
     "conditions": [condition("output", ">=", 300), condition("staff", ">=", 20)]},
    {"code": "above", "name": "规上", "name_en": "Above scale", "category": "cultivation",
     "known_by": "above_scale", "conditions": [condition("output", ">=", 2000)]},
    {"code": "special", "name": "专精特新", "name_en": "Specialised", "category": "cultivation",
     "known_by": "title",
     "conditions": [condition("rd", ">=", 0.03, per="sales"), condition("age", ">=", 2),
                    condition("profit", ">=", 100, years=2)]},
]  # fmt: skip
