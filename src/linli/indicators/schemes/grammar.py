"""How a pack says what a scheme is.

    [[scheme]]
    code = "beautiful-town"
    name = "美丽城镇建设考评"
    every = "year"
    threshold = 85
    threshold_name = "省级样板"
    reviewer = "urban-management"
    by_area = true
    [[scheme.item]]
    code = "environment"
    name = "环境美"
    [[scheme.item]]
    code = "sewage"
    parent = "environment"
    name = "农村生活污水治理"
    points = 8
    function = "water"
    indicator = "sewage-treated"
    linear = { nothing = 60, full = 95 }

A leaf has points and either a rule over an indicator (`linear` or `steps`) or `judged`: what is
to be shown, and the `function` that assesses it. The points of a branch are those of its leaves
together: points are the weights.
"""

from typing import Annotated, Literal

from pydantic import Field

from linli.engines import scoring
from linli.indicators.grammar import Code, Number, Text
from linli.sections import Declaration, EnglishName, Name, Slug

Points = Annotated[float, Field(gt=0, le=1000, allow_inf_nan=False)]


class LinearRule(Declaration):
    nothing: Number
    full: Number


class StepRule(Declaration):
    at: Number
    points: Points


class Item(Declaration):
    """An item of a scheme: a branch, or a leaf that gives points."""

    code: Slug
    parent: Slug | None = None
    name: Name
    name_en: EnglishName = ""
    points: Points | None = None
    function: Slug | None = None
    indicator: Code | None = None
    linear: LinearRule | None = None
    steps: Annotated[list[StepRule], Field(max_length=20)] = []
    judged: Text = ""
    judged_en: Text = ""

    @property
    def rule(self) -> scoring.Rule | None:
        """The rule over its indicator; None of what is judged."""
        if self.linear and self.points:
            return scoring.Linear(self.points, self.linear.nothing, self.linear.full)
        if self.steps:
            return scoring.Steps([(step.at, step.points) for step in self.steps])
        return None


class SchemeEntry(Declaration):
    """A `[[scheme]]` of a pack.

    `threshold` is how many points an honour takes. `reviewer` is the field of work of those who
    review what others assess, beside supervisors, leaders and administrators. With `by_area` the
    areas directly below the town are scored as well as the town.
    """

    code: Code
    name: Name
    name_en: EnglishName = ""
    description: Text = ""
    description_en: Text = ""
    every: Literal["month", "quarter", "year"] = "year"
    threshold: Points
    threshold_name: Name
    threshold_name_en: EnglishName = ""
    reviewer: Slug | None = None
    by_area: bool = False
    item: Annotated[list[Item], Field(min_length=1, max_length=200)]
