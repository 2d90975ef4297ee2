"""The register: which assets there are, what they are part of, and who keeps them."""
