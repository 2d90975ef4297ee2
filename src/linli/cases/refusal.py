"""How the loop says no."""


class Refused(Exception):
    """A step that the table, the case or its needs do not allow; the message says why."""
