"""What may be done with cases over REST; each module holds the operations of one idea."""

from linli.cases.api import (
    actions,
    assignments,
    calendar,
    desk,
    evidence,
    filters,
    many,
    receipts,
    reporters,
    rulings,
    steps,
    suggestions,
    trace,
    waiting,
)

ROUTERS = (
    steps.router,
    reporters.router,
    actions.router,
    trace.router,
    assignments.router,
    evidence.router,
    waiting.router,
    desk.router,
    many.router,
    filters.router,
    receipts.router,
    suggestions.router,
    rulings.router,
    calendar.router,
)
