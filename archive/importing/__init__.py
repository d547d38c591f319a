"""Captures made by others, put in their place in the history."""
