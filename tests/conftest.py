"""Fixtures and options that every test may use."""

from __future__ import annotations

import socket
from typing import Any

import pytest
from hypothesis import settings

from tests.golden import Golden

# How long an example takes by the clock says how busy the machine is. A check gives the same
# verdict each time; `make hunt` looks for examples that nobody thought of.
settings.register_profile("check", deadline=None, derandomize=True)
settings.register_profile("hunt", deadline=None, max_examples=2_000, print_blob=True)
settings.load_profile("check")


def pytest_addoption(parser: pytest.Parser) -> None:
    """Add ``--update-golden``."""
    parser.addoption(
        "--update-golden",
        action="store_true",
        help="Rewrite the expected files from what the code says now, and skip.",
    )


@pytest.fixture
def golden(request: pytest.FixtureRequest) -> Golden:
    """Give the comparison with approved files."""
    return Golden(update=bool(request.config.getoption("--update-golden")))


@pytest.fixture(autouse=True)
def _no_network(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let tests talk to this machine only."""
    connect, connect_ex = socket.socket.connect, socket.socket.connect_ex

    def guarded(self: socket.socket, address: Any) -> None:
        _refuse_elsewhere(self, address)
        connect(self, address)

    def guarded_ex(self: socket.socket, address: Any) -> int:
        _refuse_elsewhere(self, address)
        return connect_ex(self, address)

    monkeypatch.setattr(socket.socket, "connect", guarded)
    monkeypatch.setattr(socket.socket, "connect_ex", guarded_ex)


def _refuse_elsewhere(sock: socket.socket, address: Any) -> None:
    if sock.family not in {socket.AF_INET, socket.AF_INET6}:
        return
    host = str(address[0])
    if not (host.startswith("127.") or host in {"::1", "localhost"}):
        pytest.fail(f"a test tried to reach the network: {address}")
