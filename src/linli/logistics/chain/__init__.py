"""The chain: what went into what and where it went, kept as EPCIS 2.0 events."""
