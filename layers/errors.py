"""What can go wrong with layers; one line each, mapped to HTTP status and exit code in ``api``."""

from __future__ import annotations

from geo.errors import PhumiError

__all__ = [
    "AccessDenied",
    "Conflict",
    "DefinitionError",
    "IntakeError",
    "Invalid",
    "NotFound",
    "QueryError",
    "Stale",
    "StoreUnavailable",
    "WorkspaceLocked",
]


class NotFound(PhumiError):
    """No such layer, feature, process or job, or none that the caller may know of."""


class QueryError(PhumiError):
    """A query asks for something that cannot be asked: unknown field, bad filter, bad box."""


class AccessDenied(PhumiError):
    """The caller may not see single features of this layer."""


class Conflict(PhumiError):
    """A write meets a state it did not expect: an id taken, a version passed."""


class Stale(Conflict):
    """A feature is not any more what the writer read; somebody else wrote it."""


class Invalid(PhumiError):
    """What was sent breaks rules of the layer; ``violations`` names each by field and value."""


class DefinitionError(PhumiError):
    """A layer definition contradicts itself."""


class IntakeError(PhumiError):
    """A file cannot be imported; nothing was written."""


class StoreUnavailable(PhumiError):
    """The database cannot be reached or lacks what phumi needs."""


class WorkspaceLocked(StoreUnavailable):
    """Another process has the DuckDB workspace open."""
