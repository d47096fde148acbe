"""What others than the application want to be told of: the hooks of a gunicorn.conf.py, and what uWSGI's module offers.

One object is made in the zygote and inherited by its workers. Its methods are called at the moments that they are named after and do
nothing here. Nothing of it is on the way of a request: who wants to see requests puts an application of its own around the one
that is served (`serves`).
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Callable

from . import report

if TYPE_CHECKING:
    from .control import Message
    from .loader import Loaded
    from .settings import Identity
    from .worker import Worker


class Hooks:
    # In the zygote.

    def begins(self) -> None:
        """The zygote is in the application's folder, and nothing of the application is imported. What is raised here and in `loaded` is why the
        application cannot be loaded."""

    def loaded(self, loaded: Loaded | None) -> None:
        """The zygote is ready to fork. None: each worker will load the application."""

    def before_fork(self, identity: Identity) -> None:
        """What is raised is why there is no such worker."""

    def forked(self, identity: Identity, pid: int) -> None:
        """There is a worker."""

    def worker_ready(self, identity: Identity) -> None:
        """A worker serves."""

    def worker_leaves(self, identity: Identity) -> None:
        """A worker is to end, or wants to; what it has it finishes."""

    def told(self, identity: Identity, message: Message) -> None:
        """A worker has said `beside`."""

    def worker_gone(self, identity: Identity, pid: int, code: int | None) -> None:
        """A worker has ended and was waited for. `code` as subprocess has it: negative for a signal; None: somebody else has waited for it."""

    def workers_changed(self, count: int, before: int | None) -> None:
        """So many workers are wanted from now on. None: at the start."""

    def alone(self) -> None:
        """A reload is over: this zygote serves, and the one before has ended."""

    def reopens(self) -> None:
        """Logs are to be opened again."""

    def upgrades(self) -> None:
        """Another program is started beside this one, to take its place."""

    def ends(self) -> None:
        """The server ends, and no worker is left. A zygote that another has replaced is not told."""

    # In a worker.

    def after_fork(self, identity: Identity) -> None:
        """This is a new worker, which has not loaded the application unless the zygote has. What is raised is why it cannot."""

    def serves(self, worker: Worker, loaded: Loaded, application: Any) -> Any:
        """The application is loaded and the worker made. Returns what the worker is to call for each request: as a rule the application. What is
        raised is why it cannot be loaded."""
        return application

    def worker_ends(self) -> None:
        """The worker has served its last request, or could not load the application. Called in the main thread, before exit handlers."""


def tell(hook: Callable[..., None], *arguments: Any) -> None:
    """Calls a hook whose failure is nobody's end."""
    try:
        hook(*arguments)
    except Exception as error:
        report.failure('a hook failed', error)
