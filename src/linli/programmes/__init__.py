"""Programmes (专项): remediation of an area, renewal, investment projects."""
