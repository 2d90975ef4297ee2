"""All models of the room; each stands in the module of its idea."""

from linli.programmes.ladders import Ladder

__all__ = ["Ladder"]
