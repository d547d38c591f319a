"""Reading files on a Dask cluster instead of this machine.

The unit of work is :func:`archive.extraction.extract`: bytes in, page texts out, each file in a
guarded process that the cluster's worker starts. The cluster only carries and places.
"""

from __future__ import annotations

import logging
from concurrent.futures import CancelledError
from typing import TYPE_CHECKING, Any

from archive.errors import ArchiveError
from archive.extraction import extract

if TYPE_CHECKING:
    from concurrent.futures import Future
    from types import TracebackType
    from typing import Self

    from archive.extraction import Extraction, ExtractionLimits

#: Files in work for each thread of the cluster, so that none waits for the next one's bytes.
_PER_THREAD = 2
_PATIENCE = "10s"


class DaskUnavailableError(ArchiveError):
    """Raised when a Dask cluster is named and cannot be used."""


class DaskLostError(ArchiveError):
    """Raised when a Dask cluster fails in the middle of its work."""


class DaskCluster:
    """Reads files on a Dask cluster, each in a guarded process of its worker."""

    def __init__(self, address: str, limits: ExtractionLimits | None = None) -> None:
        self._address = address
        self._limits = limits
        self._client = _connected(address)
        self._executor = self._client.get_executor(pure=False)

    def __enter__(self) -> Self:
        """Return the cluster, connected."""
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        try:
            self._executor.shutdown(wait=False)
            self._client.close()
        except Exception as failure:
            # A client whose cluster is gone fails to say goodbye to it; that is told below.
            if not _is_of_dask(failure):
                raise
            error = error or failure
        if _is_of_dask(error):
            raise DaskLostError(
                f"The Dask cluster at {self._address} has failed ({type(error).__name__}); what "
                "was read is kept, and `pnr extract` goes on."
            ) from error

    @property
    def room(self) -> int:
        """How many files to hand over at a time."""
        threads: dict[str, int] = self._client.nthreads()
        return _PER_THREAD * max(1, sum(threads.values()))

    def submit(self, source: bytes, *, engine: str) -> Future[Extraction]:
        """Have one PDF read by any worker of the cluster."""
        # Bytes go to a worker once, and not with the description of the work through the
        # scheduler. They are let go with the future that holds them, when its text is here.
        data = self._client.scatter(source, hash=False)
        future: Future[Extraction] = self._executor.submit(
            extract, data, engine=engine, limits=self._limits
        )
        return future


def _is_of_dask(error: BaseException | None) -> bool:
    """Tell an error that the cluster, or the way to it, has met."""
    return isinstance(error, OSError | CancelledError) or type(error).__module__.startswith(
        "distributed"
    )


def _connected(address: str) -> Any:
    try:
        # Imported here: it is an extra.
        from distributed import Client  # noqa: PLC0415
    except ImportError as error:
        raise DaskUnavailableError(
            "--dask needs Dask: install it with `pip install 'pnr-archive[dask]'`."
        ) from error
    # What it says of a lost connection is said here, in one sentence.
    logging.getLogger("distributed.client").setLevel(logging.CRITICAL)
    try:
        return Client(address, timeout=_PATIENCE)  # type: ignore[no-untyped-call]  # it has no types
    except (OSError, ValueError) as error:
        raise DaskUnavailableError(f"No Dask scheduler answers at {address}.") from error
