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
def along(score: float) -> str:
    """Return where a score of 0 to 100 lies along the band, in its own units."""
    return f"{min(max(score, 0), 100) / 100 * WIDTH:.1f}"


@register.simple_tag
def part(standing: Standing, measure: str) -> Part | None:
    """Return what one measure gave a standing."""
    return standing.parts.get(measure)


@register.filter
def signed(points: float) -> str:
    """Write points with their sign."""
    return f"{points:+.1f}".replace("-", "−")
