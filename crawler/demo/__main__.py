"""Serve the demo until interrupted: ``python -m crawler.demo [--port N] [--state NAME]``."""

from __future__ import annotations

import argparse
import sys
from contextlib import suppress

from crawler.demo import STATE_PATH, DemoSite, state_names


def main() -> None:
    """Serve the site in the state asked for."""
    parser = argparse.ArgumentParser(prog="python -m crawler.demo", description=__doc__)
    parser.add_argument("--port", type=int, default=8765, help="0 takes any free one")
    parser.add_argument("--host", default="127.0.0.1")
    parser.add_argument("--state", choices=state_names(), default="first")
    asked = parser.parse_args()
    site = DemoSite(port=asked.port, host=asked.host, state=asked.state)
    sys.stdout.write(f"{site.url} ({asked.state}; POST a state's name to {STATE_PATH})\n")
    sys.stdout.flush()
    with suppress(KeyboardInterrupt):
        site.serve()
    site.close()


if __name__ == "__main__":
    main()
