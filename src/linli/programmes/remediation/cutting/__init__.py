"""Cutting land on the map: a campaign's area into blocks, a block into parcels.

The browser draws and remembers; every shape is made and judged here. `ground` says what is cut and
what stands on it, `sheet` is a state of the pieces on which operations work, `saving` writes it.
"""
