"""A run that went wrong is heard of: by a report beside the archive, by a message if wanted."""

from __future__ import annotations

import json
import threading
from http.server import BaseHTTPRequestHandler, HTTPServer
from typing import TYPE_CHECKING, Any

import pytest

from archive.database import open_archive
from archive.reports.run_report import report_run
from crawler.config import load_config
from crawler.publishing import publish_report
from tests.archive.building import make_run, record

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

FORTY = [record(number) for number in range(1, 41)]
SILENT = [record(number, authors=(), authors_raw="") for number in range(1, 41)]


class Messages(HTTPServer):
    """Takes messages on loopback, as a chat service would."""

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), _Handler)
        self.received: list[dict[str, Any]] = []


class _Handler(BaseHTTPRequestHandler):
    def do_POST(self) -> None:
        assert isinstance(self.server, Messages)
        body = self.rfile.read(int(self.headers["Content-Length"]))
        self.server.received.append(json.loads(body))
        self.send_response(200)
        self.end_headers()

    def log_message(self, *_: object) -> None:
        """Say nothing."""


@pytest.fixture
def messages() -> Iterator[Messages]:
    with Messages() as server:
        thread = threading.Thread(target=server.serve_forever)
        thread.start()
        yield server
        server.shutdown()
        thread.join()


def publish(path: Path, *runs: list[Any], **settings: Any) -> None:
    config = load_config(archive=path, **settings).config
    with open_archive(path, access="create") as archive, archive.transaction() as connection:
        for records in runs:
            run_id, _ = make_run(connection, records)
        report = report_run(connection, run_id)
    publish_report(config, report)


def test_every_run_leaves_a_report_beside_the_archive(tmp_path: Path) -> None:
    publish(tmp_path / "parcs.sqlite", FORTY)

    folder = tmp_path / "parcs-reports"
    assert sorted(path.name for path in folder.iterdir()) == ["run-00001.html", "run-00001.txt"]
    assert (folder / "run-00001.txt").read_text("utf-8").startswith("Run 1: complete, good")


def test_a_refused_run_is_told_with_the_next_command(tmp_path: Path, messages: Messages) -> None:
    address = f"json://127.0.0.1:{messages.server_port}/"

    publish(tmp_path / "parcs.sqlite", FORTY, SILENT, notify={"urls": [address]})

    [message] = messages.received
    assert "refused" in message["title"]
    assert "document.authors" in message["message"]
    assert f"pnr run accept 2 --archive {tmp_path / 'parcs.sqlite'}" in message["message"]
    assert message["type"] == "failure"


def test_a_good_run_is_told_only_to_who_asks_for_it(tmp_path: Path, messages: Messages) -> None:
    address = f"json://127.0.0.1:{messages.server_port}/"

    publish(tmp_path / "quiet.sqlite", FORTY, notify={"urls": [address]})
    publish(tmp_path / "loud.sqlite", FORTY, notify={"urls": [address], "on": ["good"]})

    assert [message["type"] for message in messages.received] == ["success"]


def test_a_message_that_cannot_be_sent_fails_nothing(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    publish(tmp_path / "p.sqlite", FORTY, SILENT, notify={"urls": ["json://127.0.0.1:9/"]})

    assert "could not be sent" in caplog.text


def test_a_report_that_cannot_be_written_fails_nothing(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    (tmp_path / "p-reports").write_text("a file stands where the folder should be")

    publish(tmp_path / "p.sqlite", FORTY)

    assert "could not be written" in caplog.text


def test_the_folder_of_reports_is_a_setting(tmp_path: Path) -> None:
    config = load_config(reports=str(tmp_path / "elsewhere")).config

    assert config.reports_folder == tmp_path / "elsewhere"
