"""Statistical process control: charts, rules, Pareto, yield. Pure computation."""

from linli.engines.control.charts import Chart, Spread, p_chart, u_chart
from linli.engines.control.rules import NELSON, WESTERN_ELECTRIC, Broken, Rule, broken
from linli.engines.control.shares import Share, first_pass_yield, pareto, vital

__all__ = [
    "NELSON",
    "WESTERN_ELECTRIC",
    "Broken",
    "Chart",
    "Rule",
    "Share",
    "Spread",
    "broken",
    "first_pass_yield",
    "p_chart",
    "pareto",
    "u_chart",
    "vital",
]
