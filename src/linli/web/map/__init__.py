"""Maps: the shapes of the town, where a point is, cases and figures on them."""
