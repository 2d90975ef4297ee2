"""A town's life, made from its packs: people report, departments act, some are slow.

`history` writes years of it in a minute, `live` goes on from there by the town's clock. Both
take the very steps of the loop that people take; only who does what, and when, is drawn by lot.
"""
