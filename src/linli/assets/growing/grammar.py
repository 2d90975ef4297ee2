"""How a pack writes a crop: where it grows, its stages in their order, and the works of each."""

from typing import Annotated

from pydantic import Field, model_validator

from linli.sections import Declaration, EnglishName, Name, Slug


class WorkEntry(Declaration):
    """A work of a stage, from its first to its last day; the day the stage begins is day 1."""

    name: Name
    name_en: EnglishName = ""
    first_day: Annotated[int, Field(ge=1, le=400)]
    last_day: Annotated[int, Field(ge=1, le=400)]

    @model_validator(mode="after")
    def _in_order(self) -> "WorkEntry":
        if self.last_day < self.first_day:
            raise ValueError("last_day lies before first_day")
        return self


class CropStageEntry(Declaration):
    """A stage of a crop; `usual_days` is how long it usually lasts."""

    code: Slug
    name: Name
    name_en: EnglishName = ""
    usual_days: Annotated[int, Field(ge=1, le=400)]
    works: list[WorkEntry] = []


class CropEntry(Declaration):
    """A `[[crop]]` of a pack; `grown_in` are the kinds of assets it grows in."""

    code: Slug
    name: Name
    name_en: EnglishName = ""
    grown_in: Annotated[list[Slug], Field(min_length=1)]
    stages: Annotated[list[CropStageEntry], Field(min_length=1)]

    def place(self, stage: str) -> int:
        """Return the place of a stage among the stages; -1 where it is none of them."""
        return next((at for at, one in enumerate(self.stages) if one.code == stage), -1)
