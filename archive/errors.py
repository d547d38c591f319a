"""What can go wrong in the archive, in the archive's own words."""


class ArchiveError(Exception):
    """Base class for every error the archive raises on purpose.

    Its message is one sentence a user can act on: what is wrong, where, and what to do next.
    """


class ArchiveNotFoundError(ArchiveError):
    """Raised when there is no archive where one was expected."""


class NotAnArchiveError(ArchiveError):
    """Raised when a file is not an archive, or is one that this version cannot read."""


class ArchiveUnwritableError(ArchiveError):
    """Raised when the archive cannot be written: a read-only folder, a full disk."""


class ArchiveLockedError(ArchiveError):
    """Raised when another process is writing to the archive for long."""


class CorruptBlobError(ArchiveError):
    """Raised when stored bytes no longer match the digest they are filed under."""


class UnanswerableError(ArchiveError):
    """Raised when the archive is sound, but has not what is asked of it, or not in that state."""
