"""The `pnr` command: everything a user types and reads."""

from crawler.cli.edge import main

__all__ = ["main"]
