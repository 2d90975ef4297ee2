"""A plant that lives and wears: machines, their sensors, and the camera at the end of the line.

The physics (`kinds`, `machine`, `line`, `drawing`) know no database and no network. `past` writes
what was before a demonstration began, `going` lets it go on by the town's clock.
"""
