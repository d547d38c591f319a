"""Runs: their ledger, their gates, and how each went."""
