"""Telemetry (遥测): what machines say of themselves, taken in, checked, kept and read."""
