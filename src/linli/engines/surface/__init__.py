"""Flaws on a surface, learnt from good samples only."""

from .backbone import Backbone
from .model import Finding, Likeness, SurfaceModel
from .pictures import BadImageError

__all__ = ["Backbone", "BadImageError", "Finding", "Likeness", "SurfaceModel"]
