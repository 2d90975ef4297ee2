"""EPCIS 2.0 and CBV 2.0: the words, the published schema, the hash of an event, what is checked."""
