"""Ways for people on foot and by bicycle, and measures that hold rain back."""
