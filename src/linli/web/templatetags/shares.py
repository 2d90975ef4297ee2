"""How the league page writes its numbers."""

from django import template

from linli.scores.leagues import Part, Standing

register = template.Library()
WIDTH = 128


@register.simple_tag
def share(rate: float | None) -> str:
    """Write a rate as a percentage."""
    return "–" if rate is None else f"{rate:.0%}"


@register.simple_tag
def along(score: float, span: tuple[float, float]) -> str:
    """Return where a score lies along a band from one end of `span` to the other."""
    part = (score - span[0]) / (span[1] - span[0])
    return f"{4 + min(max(part, 0), 1) * (WIDTH - 8):.1f}"


@register.simple_tag
def part(standing: Standing, measure: str) -> Part | None:
    """Return what one measure gave a standing."""
    return standing.parts.get(measure)


@register.filter
def signed(points: float) -> str:
    """Write points with their sign."""
    return f"{points:+.1f}".replace("-", "−")
