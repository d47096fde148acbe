"""How a response that an application has begun can fail, and what is no failure: that its client has left."""

from __future__ import annotations

FAILED_BYTES_MAX = 256 * 1024
"""The most of a traceback that is shown to a developer."""


CAUSES_MAX = 16
"""How many exceptions that led to one another are looked at."""

DEPARTURES = frozenset(
    ('CancelledError', 'ClientDisconnect', 'ClientDisconnected', 'RequestAborted', 'WebSocketDisconnect')
)
"""Names of the exceptions that event loops (the first) and frameworks (Starlette, Litestar, Werkzeug, Django) raise in
an application whose client has left. Names, because none of these modules is imported here."""


class ClientGone(ConnectionError):
    """Raised in the application when nobody receives any more. It is no fault of the application's, so it is not
    logged."""


class ShortBody(Exception):
    """The application gave less than the Content-Length it had declared."""


class Answered(Exception):
    """Raised in the place of a framework's bare answer of 500, for a developer: `error` is what has led to it."""

    def __init__(self, error: BaseException, is_logged: bool) -> None:
        super().__init__()
        self.error = error
        self.is_logged = is_logged
        """Somebody else has written its traceback to the log."""


def is_of_the_client(error: BaseException, has_left: bool) -> bool:
    """Whether an exception only says that the client has gone: ClientGone, what an application has raised from it, a group of tasks
    that have nothing else to tell; and DEPARTURES, where the client `has_left`. What an application raises while it handles
    one of these, without `from`, is a fault of its own."""
    seen = 0
    while seen < CAUSES_MAX:
        if isinstance(error, ClientGone):
            return True
        if has_left and any(base.__name__ in DEPARTURES for base in type(error).__mro__):
            return True
        members = getattr(error, 'exceptions', None)
        if isinstance(members, tuple) and members:
            return all(
                isinstance(member, BaseException) and is_of_the_client(member, has_left)
                for member in members[:CAUSES_MAX]
            )
        if error.__cause__ is None:
            return False
        error, seen = error.__cause__, seen + 1
    return False
