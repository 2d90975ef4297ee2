"""Indicators (指标): definitions over data, targets, scoring schemes, bulletins."""
