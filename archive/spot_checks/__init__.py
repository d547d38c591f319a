"""Spot-checks: a sample of the archive held against the live site, and what a person said of it."""
