"""Matching (供需对接): what one enterprise needs against what others in the park make."""
