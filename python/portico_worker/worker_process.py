"""What the zygote's child does: sets the process up, loads the application unless that is done, and becomes its worker."""

from __future__ import annotations

import faulthandler
import gc
import os
import signal
import socket
from importlib import import_module
from typing import Callable, NoReturn

from . import asked, control, forksafe, process, report
from .loader import Loaded, LoadError, load
from .settings import Identity, Settings
from .worker import LOAD_FAILED, Worker

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
            pass  # Said where it is needed.


def worker_class(interface: str, settings: Settings) -> type[Worker]:
    """Imported only where it is needed: asyncio alone takes 30 ms and some megabytes."""
    module, name = _WORKERS['gevent' if settings.worker_class == 'gevent' else interface]
    found: type[Worker] = getattr(import_module(module), name)
    return found


def run_worker(settings: Settings, identity: Identity, loaded: Loaded | None, status: socket.socket) -> None:
    """Does not return."""
    os.environ['PORTICO_WORKER'] = identity.name
    _set_up_streams()
    termination = Termination()
    _set_up_signals(termination)
    if loaded is None:
        loaded = _load(settings, status)
        gc.collect()
    else:
        forksafe.reseed()
    worker = worker_class(loaded.facts['interface'], settings)(settings, identity, status)
    gc.freeze()
    worker.prepare(loaded.application)
    os.register_at_fork(after_in_child=worker.forked)
    termination.tell(worker.terminate)
    worker.run(loaded.facts)


class Termination:
    """SIGTERM, which may come before there is a worker that could hear of it."""

    def __init__(self) -> None:
        self._has_come = False
        self._hear: Callable[[], None] | None = None

    def come(self) -> None:
        self._has_come = True
        if self._hear is not None:
            self._hear()

    def tell(self, hear: Callable[[], None]) -> None:
        self._hear = hear
        if self._has_come:
            hear()


def _load(settings: Settings, status: socket.socket) -> Loaded:
    try:
        if settings.worker_class == 'gevent':
            return _load_for_greenlets(settings)
        return load(settings.app, settings.interface, settings.python_found)
    except LoadError as error:
        _fail(status, error)


def _load_for_greenlets(settings: Settings) -> Loaded:
    from .greenlets.patch import patch

    try:
        patch()
    except ImportError as error:
        name = asked.name_python(settings.python_found)
        text = f'--worker-class gevent needs gevent ({error}): pip install gevent; asked was {name}'
        raise LoadError(text, text) from None
    loaded = load(settings.app, settings.interface, settings.python_found)
    if loaded.facts['interface'] != 'wsgi':
        text = f'--worker-class gevent runs WSGI applications; {loaded.facts["app"]} is an ASGI application'
        raise LoadError(text, text)
    return loaded


def _fail(status: socket.socket, error: LoadError) -> NoReturn:
    message = {'kind': 'worker-load-failed', 'error': error.summary, 'traceback': error.traceback}
    try:
        status.sendall(control.render(message))
    finally:
        os._exit(LOAD_FAILED)


def _set_up_streams() -> None:
    report.write_to(process.keep(os.dup(2)))
    faulthandler.enable(file=report.descriptor(), all_threads=True)
    # The supervisor asks for the tracebacks of a stuck worker; this needs no GIL.
    faulthandler.register(signal.SIGUSR2, file=report.descriptor(), all_threads=True, chain=False)


def _set_up_signals(termination: Termination) -> None:
    for number in (signal.SIGINT, signal.SIGHUP, signal.SIGUSR1):
        signal.signal(number, signal.SIG_IGN)
    signal.signal(signal.SIGTERM, lambda *_: termination.come())
