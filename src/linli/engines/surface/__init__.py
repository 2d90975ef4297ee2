"""Flaws on a surface, learnt from good samples only."""

from .backbone import Backbone
from .model import Finding, Likeness, SurfaceModel
from .pictures import BadImageError

__all__ = ["BadImageError", "Backbone", "Finding", "Likeness", "SurfaceModel"]
