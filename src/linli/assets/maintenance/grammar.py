"""What a pack says of how machines of a kind are kept."""

from typing import Annotated, Literal

from pydantic import Field

from linli.sections import Declaration, EnglishName, Name, Slug

Key = Annotated[str, Field(min_length=1, max_length=60, pattern=r"^[\w.-]+$")]
Positive = Annotated[float, Field(gt=0, le=1e9, allow_inf_nan=False)]
Yuan = Annotated[float, Field(ge=0, le=1e10, allow_inf_nan=False)]
Count = Annotated[int, Field(ge=1, le=1000)]


class UpkeepEntry(Declaration):
    """An `[[upkeep]]` of a pack: what is watched on machines of some kinds, and what opening takes.

    Attributes
    ----------
    kinds
        Kinds of assets it is for; all of them measure the same.
    settings, sensors
        Keys of tags; without any those of the tags' own roles.
    cycle
        What life is counted in: `counter` reads the tag `counter` (hours run, strokes), `day` takes
        days of the calendar.
    running_tag
        Key of a tag that is 1 while the machine runs; other moments tell nothing of wear.
    row
        Cycles that are put together into one row.
    horizon
        Remaining life, in cycles, beyond which it makes no difference.
    normal_rows
        Rows after each renewal that count as the machine's own normal.
    between
        Rows between false alarms of drift.
    hours, crew, lead_days
        What opening a machine takes: how long, who by skill, how long before people can come.
    spares, part_kinds
        What is replaced: pieces by code of the plant's spares, and one of each spare that fits the
        machine, its kind, or a part of it of one of these kinds.
    failure_yuan, life_yuan, downtime_yuan
        What a failure costs, what is replaced is worth when new, and an hour of standing still.
    quiet_share
        Of the cost of standing still at night and at weekends, where no output says otherwise.
    """

    code: Slug
    name: Name
    name_en: EnglishName = ""
    kinds: Annotated[list[Slug], Field(min_length=1)]
    settings: list[Key] = []
    sensors: list[Key] = []
    cycle: Literal["counter", "day"] = "counter"
    counter: Annotated[str, Field(max_length=60)] = "hours"
    running_tag: Annotated[str, Field(max_length=60)] = ""
    row: Positive = 4.0
    horizon: Positive = 500.0
    normal_rows: Annotated[int, Field(ge=20, le=2000)] = 30
    between: Annotated[int, Field(ge=50, le=100_000)] = 2000
    hours: Annotated[float, Field(gt=0, le=240)] = 4.0
    crew: dict[Slug, Count] = {}
    spares: dict[Key, Count] = {}
    part_kinds: list[Slug] = []
    lead_days: Annotated[float, Field(ge=0, le=365)] = 1.0
    failure_yuan: Yuan = 0.0
    life_yuan: Yuan = 0.0
    downtime_yuan: Yuan = 0.0
    quiet_share: Annotated[float, Field(ge=0, le=1)] = 1.0
