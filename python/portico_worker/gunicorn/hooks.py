"""Calls the hooks of a gunicorn.conf.py where gunicorn would: those of its arbiter in the zygote, those of workers in them."""

from __future__ import annotations

import os
import signal
import sys
import time
from typing import TYPE_CHECKING, Any

from portico_worker.hooks import Hooks, tell

from . import stand_in
from .arbiter import Arbiter
from .config import config_of
from .config_file import load, names_of
from .hook_table import hooks_of
from .loggers import make_logger
from .worker import Application, Worker

if TYPE_CHECKING:
    from portico_worker.loader import Loaded
    from portico_worker.settings import Identity, Settings
    from portico_worker.worker import Worker as RealWorker

QUIT_S = 0.1
"""Gunicorn gives the hook's output so long to leave."""


class GunicornHooks(Hooks):
    server: Arbiter

    def __init__(self, settings: Settings) -> None:
        self.settings = settings
        self.workers: dict[int, Worker] = {}
        """By the supervisor's number; from before the fork on."""
        self.worker: Worker | None = None
        """The one that this process is."""
        self.has_exited = False
        self.awaits_place = settings.is_reload
        """`when_ready` is still to be called."""
        self.has_begun = False
        """`on_starting` was called, so there is an end to be told."""

    # In the zygote.

    def begins(self) -> None:
        assert self.settings.gunicorn is not None
        stand_in.install()
        said = self.settings.gunicorn['config']
        if said.startswith('python:') and self.settings.cwd and self.settings.cwd not in sys.path:
            # It was found there for its values, whatever folder the application is in.
            sys.path.append(self.settings.cwd)
        defined = names_of(load(said, self.settings.chdir)) if said else {}
        self.hooks = hooks_of(defined)
        self.cfg = config_of(self.settings, defined)
        if self.cfg.value('paste'):
            from . import paste_app

            paste_app.ask(self.cfg, self.settings.chdir)
        self.log = make_logger(self.cfg)
        self.server = Arbiter(self.cfg, self.log, Application(self.cfg, self.settings.app), self._workers_changed)
        if not self.settings.is_trial:
            self.server.num_workers = int(self.cfg.value('workers', 1))

    def loaded(self, loaded: Loaded | None) -> None:
        if loaded is not None:
            self.server.app.callable = loaded.application
        if self.settings.is_trial:
            return
        self.has_begun = True
        self._call('on_starting', self.server)
        if self.settings.is_reload:
            self._call('on_reload', self.server)
        else:
            self._call('when_ready', self.server)

    def alone(self) -> None:
        """Others than the first zygote: what `when_ready` opens, the one before may have had open until now."""
        if self.awaits_place:
            self.awaits_place = False
            self._call('when_ready', self.server)

    def before_fork(self, identity: Identity) -> None:
        self.server.worker_age += 1
        worker = self.workers[identity.worker] = Worker(self.server.worker_age, self.server)
        self._call('pre_fork', self.server, worker)

    def forked(self, identity: Identity, pid: int) -> None:
        worker = self.workers[identity.worker]
        worker.pid = pid
        self.server.WORKERS[pid] = worker
        self.server._stats['workers_spawned'] += 1
        self._tell_count()

    def worker_gone(self, identity: Identity, pid: int, code: int | None) -> None:
        worker = self.workers.pop(identity.worker)
        self.server.WORKERS.pop(pid, None)
        self._tell_count()
        self._call('child_exit', self.server, worker)

    def workers_changed(self, count: int, before: int | None) -> None:
        self.server.num_workers = count

    def reopens(self) -> None:
        self.log.reopen_files()
        for pid in self.server.WORKERS:
            os.kill(pid, signal.SIGUSR1)

    def upgrades(self) -> None:
        self._call('pre_exec', self.server)

    def ends(self) -> None:
        if self.has_begun:
            self._call('on_exit', self.server)

    # In a worker.

    def after_fork(self, identity: Identity) -> None:
        worker = self.worker = self.workers[identity.worker]
        worker.pid = os.getpid()
        self._call('post_fork', self.server, worker)

    def serves(self, worker: RealWorker, loaded: Loaded, application: Any) -> Any:
        own = self.worker
        assert own is not None
        own.become(worker, application)
        self._listen()
        self._call('post_worker_init', own)
        own.booted = True
        return self._watched(own, loaded.facts['interface'], application)

    def worker_ends(self) -> None:
        if self.worker is not None and not self.has_exited and self.worker.pid == os.getpid():
            self.has_exited = True
            self._call('worker_exit', self.server, self.worker)

    def _watched(self, worker: Worker, interface: str, application: Any) -> Any:
        is_logged = self.cfg.has_own_logging or bool(self.cfg.value('statsd_host'))
        if not is_logged and not ('pre_request' in self.hooks or 'post_request' in self.hooks):
            return application
        from .exchange import Watch

        watch = Watch(worker, self.hooks, is_logged)
        if interface == 'asgi':
            from .asgi import WatchedAsgi

            return WatchedAsgi(watch, application)
        from .wsgi import WatchedWsgi

        return WatchedWsgi(watch, application)

    def _listen(self) -> None:
        signal.signal(signal.SIGUSR1, self._on_reopen)
        signal.signal(signal.SIGABRT, self._on_abort)
        for number in (signal.SIGINT, signal.SIGQUIT):
            signal.signal(number, self._on_quit)

    def _on_reopen(self, number: int, frame: object) -> None:
        if self._is_here(number):
            self.log.reopen_files()

    def _on_quit(self, number: int, frame: object) -> None:
        if self._is_here(number):
            self._interrupt('worker_int', 0)

    def _on_abort(self, number: int, frame: object) -> None:
        if self._is_here(number):
            assert self.worker is not None
            self.worker.aborted = True
            self._interrupt('worker_abort', 1)

    def _is_here(self, number: int) -> bool:
        """A process that the application has forked has the handlers of its parent; it is to end as any other."""
        if self.worker is not None and self.worker.pid == os.getpid():
            return True
        signal.signal(number, signal.SIG_DFL)
        os.kill(os.getpid(), number)
        return False

    def _interrupt(self, hook: str, code: int) -> None:
        """Called in the main thread, in the middle of whatever it does: calls the hook, and ends the worker. A request that runs in this thread
        gets SystemExit, as under gunicorn; others are finished, as far as there is time."""
        worker = self.worker
        assert worker is not None
        worker.alive = False
        worker.fail(code)
        self._call(hook, worker)
        sys.stdout.flush()
        sys.stderr.flush()
        if worker.has_main_thread and (code == 0 or self.settings.threads == 1):
            time.sleep(QUIT_S)
            raise SystemExit(code)
        if code:
            # What stands still is another thread, or holds up an event loop: nothing comes to its end here.
            tell(self.worker_ends)
            os._exit(code)

    def _workers_changed(self, server: Arbiter, count: int, before: int | None) -> None:
        self._call('nworkers_changed', server, count, before)

    def _tell_count(self) -> None:
        count = len(self.server.WORKERS)
        self.log.debug(f'{count} workers', extra={'metric': 'gunicorn.workers', 'value': count, 'mtype': 'gauge'})

    def _call(self, name: str, *arguments: Any) -> None:
        hook = self.hooks.get(name)
        if hook is not None:
            hook(*arguments)
