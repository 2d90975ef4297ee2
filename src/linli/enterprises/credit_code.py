"""Unified social credit codes (统一社会信用代码, GB 32100-2015) and their check digit."""

# Without I, O, S, V and Z, which look like other characters.
ALPHABET = "0123456789ABCDEFGHJKLMNPQRTUWXY"
LENGTH = 18
_VALUE = {character: value for value, character in enumerate(ALPHABET)}
_WEIGHTS = [pow(3, place, 31) for place in range(LENGTH - 1)]


def check_digit(first: str) -> str:
    """Return the check digit for the first 17 characters.

    Raises
    ------
    KeyError
        If a character is none of `ALPHABET`.
    """
    total = sum(_VALUE[c] * w for c, w in zip(first, _WEIGHTS, strict=True))
    return ALPHABET[-total % 31]


def plain(text: str) -> str:
    """Return a code as it is stored: without blanks, in capitals."""
    return "".join(text.split()).upper()


def strange_characters(code: str) -> str:
    """Return the characters of a code that no such code has."""
    return "".join(dict.fromkeys(c for c in code if c not in _VALUE))


def is_right(code: str) -> bool:
    """Tell whether a code has 18 known characters, the last being the check digit."""
    if len(code) != LENGTH or strange_characters(code):
        return False
    return check_digit(code[:-1]) == code[-1]
