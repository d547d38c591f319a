"""The catalogue: what the answers were read as, version by version, and what of it is current."""
