"""Sparkplug B (Eclipse Sparkplug 3.0) over MQTT: births with aliases, data, deaths, rebirth."""
