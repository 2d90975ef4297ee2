"""Whether a picture can be judged at all: said before any judgement, and never as a flaw."""

from .gate import Gate, Quality, Trouble
from .measures import Measures, measured
from .placing import Place, placed

__all__ = ["Gate", "Measures", "Place", "Quality", "Trouble", "measured", "placed"]
