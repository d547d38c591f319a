"""What takes long to make is made once, for all of pytest's processes."""

from __future__ import annotations

import fcntl
import os
import pickle
from typing import TYPE_CHECKING, TypeVar

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    import pytest

Story = TypeVar("Story")


def made_once(factory: pytest.TempPathFactory, name: str, make: Callable[[Path], Story]) -> Story:
    """Return what *make* makes in a folder of its own; the first process that asks makes it."""
    folder = factory.getbasetemp()
    if "PYTEST_XDIST_WORKER" in os.environ:
        folder = folder.parent
    folder /= name
    folder.mkdir(exist_ok=True)
    with (folder / "lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        kept = folder / "story.pickle"
        if not kept.exists():
            kept.write_bytes(pickle.dumps(make(folder)))
        story: Story = pickle.loads(kept.read_bytes())  # noqa: S301  # our own, of a moment ago
        return story
