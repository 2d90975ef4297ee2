"""Logistics (物流): the chain of lots, and what carries them.

Apps that do not import each other; what one needs of another it reads through declared tables.
"""
