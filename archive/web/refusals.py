"""Why a request gets no page: each with its status, and the message that a person reads."""

from __future__ import annotations

from http import HTTPStatus


class RefusedError(Exception):
    """Base class of every refusal; *message* is the key of what is said, see messages/."""

    status = HTTPStatus.BAD_REQUEST
    message = "error.bad_request"


class UnusableRequestError(RefusedError):
    """Raised when an address or a value in it means nothing here."""


class WrongParameterError(UnusableRequestError):
    """Raised when a parameter of the API is unknown or has a value that it cannot have."""

    def __init__(self, name: str, problem: str) -> None:
        super().__init__(f"The parameter {name} {problem}.")


class NotAllowedError(RefusedError):
    """Raised when something is to be written that this server was not started for."""

    status = HTTPStatus.FORBIDDEN
    message = "error.not_allowed"


class NotHereError(RefusedError):
    """Raised when the archive has not what an address names."""

    status = HTTPStatus.NOT_FOUND
    message = "error.not_found"


class TooSlowError(RefusedError):
    """Raised when an answer would take more time than one request may."""

    status = HTTPStatus.SERVICE_UNAVAILABLE
    message = "error.too_slow"


class TooManyError(RefusedError):
    """Raised when so many requests wait that one more would only wait longer."""

    status = HTTPStatus.SERVICE_UNAVAILABLE
    message = "error.too_many"


class ArchiveUnreadableError(RefusedError):
    """Raised when the archive's file cannot be asked at present."""

    status = HTTPStatus.SERVICE_UNAVAILABLE
    message = "error.unreadable"


class IndexStaleError(RefusedError):
    """Raised when the search index has to be made anew before anything is found."""

    status = HTTPStatus.SERVICE_UNAVAILABLE
    message = "error.index_stale"
