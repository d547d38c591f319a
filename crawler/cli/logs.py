"""What a crawl's log says on the screen: sentences there, tracebacks in the log of faults."""

from __future__ import annotations

import json
import logging
import sys
import traceback
from datetime import UTC, datetime

from crawler.cli.edge import write_fault


def log_to_screen(*, as_json: bool) -> None:
    """Have warnings and errors told on standard error, one line each."""
    # Scrapy's own lines for each request and each item would bury what matters.
    logging.disable(logging.INFO)
    # Warnings of the language are for whoever writes this program, not for whoever runs it.
    logging.getLogger("py.warnings").disabled = True
    logging.getLogger().addHandler(_JsonHandler() if as_json else _SentenceHandler())


class _SentenceHandler(logging.Handler):
    def emit(self, record: logging.LogRecord) -> None:
        message = record.getMessage().split("\n", 1)[0]
        if record.exc_info:
            message += f" (see {_keep(record)})"
        self.tell(record, message)

    def tell(self, record: logging.LogRecord, message: str) -> None:
        sys.stderr.write(f"{record.levelname.lower()}: {message}\n")


class _JsonHandler(_SentenceHandler):
    def tell(self, record: logging.LogRecord, message: str) -> None:
        fields = {
            "time": datetime.fromtimestamp(record.created, UTC).isoformat(),
            "level": record.levelname.lower(),
            "event": "log",
            "logger": record.name,
            "message": message,
        }
        sys.stderr.write(f"{json.dumps(fields, ensure_ascii=False)}\n")


def _keep(record: logging.LogRecord) -> str:
    assert record.exc_info is not None  # noqa: S101  # the caller looked
    return str(write_fault("".join(traceback.format_exception(*record.exc_info))))
