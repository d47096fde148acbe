"""What the zygote's child does: sets the process up, loads the application unless that is done, and becomes its worker."""

from __future__ import annotations

import atexit
import faulthandler
import gc
import os
import socket
import sys
from importlib import import_module
from typing import Any

from . import asked, control, descendants, origin, process, report, signals
from .ending import Ending
from .hooks import Hooks, tell
from .loader import Loaded, LoadError, as_load_error, load
from .settings import Identity, Settings
from .worker import FAILED, LOAD_FAILED, Worker

LOAD_FAILED_S = 1.0
"""How long the process of an application that could not be loaded may take to end."""

STARTED_S = 1.0
"""At the end, from SIGTERM to SIGKILL for what the import has started: half of what exit handlers have (`ending.RESERVE_S`)."""

_WORKERS = {
    'wsgi': ('portico_worker.wsgi.worker', 'WsgiWorker'),
    'asgi': ('portico_worker.asgi.worker', 'AsgiWorker'),
    'gevent': ('portico_worker.greenlets.worker', 'GeventWorker'),
}


def import_for(settings: Settings, interface: str) -> None:
    """What a worker will import, before the fork, so that workers share it."""
    worker_class(interface, settings)
    if interface == 'asgi' and settings.loop != 'asyncio':
        try:
            import_module('uvloop')
        except ImportError:
            pass  # The missing module is told where it is needed.


def worker_class(interface: str, settings: Settings) -> type[Worker]:
    """The class is imported only when it is needed: asyncio alone takes 30 ms and some megabytes."""
    module, name = _WORKERS['gevent' if settings.worker_class == 'gevent' else interface]
    found: type[Worker] = getattr(import_module(module), name)
    return found


ONE_THREAD = (
    'each WebSocket occupies a thread as long as it lasts, and a worker has one: '
    'give it as many as you expect (--threads 100), or take --worker-class gevent'
)


def run_worker(
    settings: Settings, identity: Identity, loaded: Loaded | None, status: socket.socket, hooks: Hooks
) -> int:
    """Returns the exit code when all that is left to do is to end as a Python process does."""
    os.environ['PORTICO_WORKER'] = identity.name
    origin.application_is(settings.app)
    _set_up_streams()
    started = _end_at_last() if loaded is None else set()
    try:
        hooks.after_fork(identity)
        if loaded is None:
            loaded = _load_here(settings, started, status)
        worker = worker_class(loaded.facts['interface'], settings)(settings, identity, status)
        application = hooks.serves(worker, loaded, _for_developer(settings, loaded))
    except Exception as error:
        _tell(status, settings, as_load_error(error))
        started.update(descendants.living())
        tell(hooks.worker_ends)
        # Threads that the import has left are not waited for as long as those of an application that has served.
        Ending(lambda what: os._exit(LOAD_FAILED), list).begin(LOAD_FAILED_S)
        return LOAD_FAILED
    gc.freeze()
    code = FAILED
    try:
        worker.prepare(application)
        del application
        os.register_at_fork(after_in_child=worker.forked)
        signals.wake_by(worker.waker())
        signals.on_terminate(worker.terminate)
        code = worker.run(loaded.facts)
    finally:
        tell(hooks.worker_ends)
        worker.end()
    return code


def _load_here(settings: Settings, started: set[int], status: socket.socket) -> Loaded:
    """Where each worker loads the application. `started` gets the processes that its import starts."""
    loaded = load_application(settings)
    started.update(descendants.living())
    if started:
        _say(status, {'kind': 'started', 'processes': sorted(started)})
    after_load(settings, loaded)
    gc.collect()
    return loaded


def _end_at_last() -> set[int]:
    """Returns a set of processes that are ended last: after the application's own exit handlers, which are registered
    later than this one. What an import has started belongs to this worker, and its replacement starts another. Jobs
    that requests have started are left at work."""
    started: set[int] = set()
    worker = os.getpid()

    def end() -> None:
        if os.getpid() == worker and started:
            descendants.end_these(started & descendants.living(), STARTED_S)

    atexit.register(end)
    return started


def after_load(settings: Settings, loaded: Loaded) -> None:
    """What is done once for each loading of the application."""
    # With --reload each answer of 500 is looked at (`bare_answers.py`).
    if loaded.facts['framework'] == 'django' and not settings.development:
        from . import django_errors

        django_errors.show()
    _warn_of_settings(settings, loaded)


def _warn_of_settings(settings: Settings, loaded: Loaded) -> None:
    """Warnings that the application needs other numbers of workers and threads than it is given."""
    runs_in_threads = loaded.facts['interface'] == 'wsgi' and settings.worker_class == 'sync'
    # flask-sock and Flask-SocketIO both build on it.
    if runs_in_threads and settings.threads == 1 and 'simple_websocket' in sys.modules:
        loaded.facts['warnings'].append(ONE_THREAD)
    if settings.multiprocess:
        from .split_state import warnings

        loaded.facts['warnings'].extend(warnings())


def load_application(settings: Settings) -> Loaded:
    if settings.worker_class == 'gevent':
        return _load_for_greenlets(settings)
    return load(settings.choice or settings.app, settings.interface, settings.python_found, settings.root_path)


def _load_for_greenlets(settings: Settings) -> Loaded:
    from .greenlets.patch import patch

    try:
        patch()
    except ImportError as error:
        name = asked.name_python(settings.python_found)
        text = f'--worker-class gevent needs gevent ({error}): pip install gevent; it was looked for by {name}'
        raise LoadError(text, text) from None
    loaded = load(settings.choice or settings.app, settings.interface, settings.python_found, settings.root_path)
    if loaded.facts['interface'] != 'wsgi':
        text = f'--worker-class gevent runs WSGI applications; {loaded.facts["app"]} is an ASGI application'
        raise LoadError(text, text)
    return loaded


def _tell(status: socket.socket, settings: Settings, error: LoadError) -> None:
    message = {'kind': 'worker-load-failed', 'error': error.summary, 'traceback': error.traceback}
    _say(status, {**message, 'page': page_of(settings, error)})


def page_of(settings: Settings, error: LoadError) -> str:
    """What --reload shows in the place of an application that cannot be loaded. '' if the fault is not in its code."""
    if not settings.development or error.__cause__ is None:
        return ''
    from . import fault_page

    return fault_page.render(error.__cause__)


def _for_developer(settings: Settings, loaded: Loaded) -> Any:
    """The application; with --reload, one whose exceptions are seen even where its framework hides them."""
    if not settings.development:
        return loaded.application
    from . import bare_answers, fault_page

    report.show_pages(fault_page.render)
    return bare_answers.watch(loaded.application, loaded.facts['interface'])


def _say(status: socket.socket, message: control.Message) -> None:
    try:
        status.sendall(control.render(message))
    except OSError:
        pass  # The zygote is gone.


def _set_up_streams() -> None:
    report.write_to(process.keep(os.dup(2)))
    faulthandler.enable(file=report.descriptor(), all_threads=True)
    # The supervisor asks for the tracebacks of a stuck worker; this needs no GIL.
    faulthandler.register(signals.TRACEBACKS, file=report.descriptor(), all_threads=True, chain=False)
