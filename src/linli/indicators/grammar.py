"""How a pack says what an indicator is: a small form over declared tables, nothing evaluated.

    [[indicator]]
    code = "digital-output"
    name = "数字经济核心制造业产值"
    unit = "yi-yuan"
    every = "month"
    function = "industry"
    [indicator.sum]
    of = "enterprise-months"
    column = "output"
    at = "month"
    area = "area"
    where = [{ column = "core_digital", value = true }]

Exactly one formula stands in each: `count`, `sum` (of rows of a table), `share`, `growth`,
`total`, `index` (of other indicators) or `entered` (figures that people enter).
"""

from typing import Annotated, Literal

from pydantic import Field, StringConstraints

from linli.sections import Declaration, EnglishName, Name, Slug

Text = Annotated[str, StringConstraints(max_length=600, strip_whitespace=True)]
Label = Annotated[str, StringConstraints(min_length=1, max_length=50)]
Code = Annotated[str, StringConstraints(min_length=1, max_length=60, pattern=r"^[a-z0-9-]+$")]
CategoryCode = Annotated[
    str, StringConstraints(min_length=1, max_length=60, pattern=r"^[a-z0-9-]+(\.[a-z0-9-]+)*$")
]
PeriodName = Annotated[str, StringConstraints(pattern=r"^\d{4}(-(0[1-9]|1[0-2])|Q[1-4])?$")]
Number = Annotated[float, Field(allow_inf_nan=False)]
Every = Literal["month", "quarter", "year"]
Op = Literal["=", "!=", "<", "<=", ">", ">=", "in", "starts"]
Single = bool | int | float | str


class Condition(Declaration):
    """One filter: column, operator, value; `in` has a list, `starts` the beginning of a text."""

    column: Label
    op: Op = "="
    value: Single | list[Single]


class CountOf(Declaration):
    """How many rows of a table there are in each area and period.

    `at` is the column that says of when a row is; without it the rows are those of the present.
    `area` is the column that says where. `up_to` means the rows of all earlier periods too: how
    many there are by then, where each row tells of a beginning.
    """

    of: Label
    at: str = ""
    up_to: bool = False
    area: str = ""
    where: Annotated[list[Condition], Field(max_length=20)] = []


class SumOf(CountOf):
    """The sum of a column; `column_unit` where the table does not say the unit of it."""

    column: Label
    column_unit: str = ""


class ShareOf(Declaration):
    """One indicator as percent of another of the same dimension."""

    part: Code
    whole: Code


class GrowthOf(Declaration):
    """By how many percent an indicator has grown: over a year, over a period, or since one."""

    of: Code
    over: Literal["year", "period"] = "year"
    since: PeriodName | None = None


class Part(Declaration):
    of: Code
    weight: Number = 1.0


class TotalOf(Declaration):
    """Several indicators added up, each times its weight."""

    parts: Annotated[list[Part], Field(min_length=1, max_length=30)]


class Weighted(Declaration):
    of: Code
    weight: Annotated[float, Field(gt=0, allow_inf_nan=False)] = 1.0


class IndexOf(Declaration):
    """A composite: the weighted mean of what each part is in percent of what it was.

    Compared with a year or a period before, or with a fixed period `since`. In `points` nothing
    has changed at 100; in `percent` it is by how much the parts have grown. Each part must be a
    quantity: what is a share or a growth rate itself has no growth that means anything.
    """

    parts: Annotated[list[Weighted], Field(min_length=2, max_length=30)]
    over: Literal["year", "period"] = "year"
    since: PeriodName | None = None


class Entered(Declaration):
    """Figures that people enter by hand or import, each with its source."""

    by_area: bool = False


FORMULAS = ("count", "sum", "share", "growth", "total", "index", "entered")


class IndicatorEntry(Declaration):
    """An `[[indicator]]` of a pack.

    `together` says what months make of a quarter or year: their sum, or the last of them.
    `function` is the field of work that answers for it; `category` what a case is about that is
    opened when it falls off the pace of a target. `pieces` is what one row of a sum stands for, so
    that what is missing can be told in them.
    """

    code: Code
    name: Name
    name_en: EnglishName = ""
    description: Text = ""
    description_en: Text = ""
    group: Name | None = None
    group_en: EnglishName = ""
    unit: Slug
    every: Every
    together: Literal["", "sum", "last"] = ""
    better: Literal["up", "down"] = "up"
    pieces: Literal["", "enterprises", "projects", "cases", "people"] = ""
    decimals: Annotated[int, Field(ge=0, le=6)] = 0
    function: Slug
    category: CategoryCode | None = None
    source: Text = ""
    source_en: Text = ""
    count: CountOf | None = None
    sum: SumOf | None = None
    share: ShareOf | None = None
    growth: GrowthOf | None = None
    total: TotalOf | None = None
    index: IndexOf | None = None
    entered: Entered | None = None

    @property
    def formulas(self) -> list[str]:
        """Return which formulas are given; one is right."""
        return [name for name in FORMULAS if getattr(self, name) is not None]

    @property
    def adds_up(self) -> str:
        """Return how its periods make a longer one."""
        return self.together or ("sum" if self.sum else "last")

    @property
    def built_on(self) -> list[str]:
        """Return the codes of the indicators it is made of."""
        if self.share:
            return [self.share.part, self.share.whole]
        if self.growth:
            return [self.growth.of]
        joint = self.total or self.index
        return [part.of for part in joint.parts] if joint else []


class Step(Declaration):
    at: PeriodName
    value: Number


class TargetEntry(Declaration):
    """A `[[target]]` of a pack: what an indicator is to reach, by when, on which path.

    `measure` says whether the value of the last period is meant (`level`) or all from `since` to
    `by` together (`total`). `base` is where a level starts; left out, the value of `since`.
    `slack` is the part of the way that one may lag and still be called slightly behind.
    """

    code: Code
    indicator: Code
    name: Name
    name_en: EnglishName = ""
    since: PeriodName
    by: PeriodName
    value: Number
    base: Number | None = None
    measure: Literal["level", "total"] = "level"
    path: Literal["linear", "seasonal", "steps"] = "linear"
    steps: Annotated[list[Step], Field(max_length=60)] = []
    slack: Annotated[float, Field(ge=0, le=1)] = 0.1
    area: Annotated[str, StringConstraints(max_length=40)] = ""
