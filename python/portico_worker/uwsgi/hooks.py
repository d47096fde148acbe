"""Where the parts of uWSGI meet the zygote and its workers: the moments of `portico_worker.hooks`."""

from __future__ import annotations

import os
import queue
import select
import signal
import socket
import sys
import threading
import time
from importlib import import_module
from typing import TYPE_CHECKING, Any

from portico_worker import control, forksafe, process, report, signals
from portico_worker.hooks import Hooks
from portico_worker.loader import Loaded, LoadError
from portico_worker.surroundings import Surroundings

from . import scoreboard
from .actions import run_action
from .beside import Born
from .instance import Instance, Message
from .module import Uwsgi
from .request import Counted
from .spool_file import make_folder

if TYPE_CHECKING:
    from portico_worker.settings import Identity
    from portico_worker.worker import Worker

SIGNAL = getattr(signal, 'SIGRTMIN', signal.SIGURG) + 5
"""Wakes the main thread of a worker with one thread, which runs handlers between two requests."""
NUDGE_S = 0.05
"""How often it is woken until it has run them: it may be in a request, or a moment before it waits."""
RAISED_MAX = 256
"""Signals that wait for a worker which has no time for them; more are dropped, as where uWSGI's queue is full."""
KEEPER_PAUSE_S = 1.0
MESSAGE_BYTES = 64 * 1024


class UwsgiHooks(Hooks):
    def __init__(self, zygote: Surroundings) -> None:
        assert zygote.settings is not None
        self.zygote = zygote
        self.settings = zygote.settings
        self.instance = Instance(zygote.settings)
        self.uwsgi = Uwsgi(self.instance)
        self.rows: dict[int, int] = {}
        """Rows of workers, by their numbers in messages."""
        self.keeper: socket.socket | None = None
        self.lines = control.Lines()
        self.is_serving = False
        self.is_loaded = False
        self.worker: Worker | None = None
        self.counted: Counted | None = None
        self.raised: queue.SimpleQueue[int] = queue.SimpleQueue()
        """Signals whose handlers this worker has to run."""
        self.is_nudging = False

    # In the zygote.

    def begins(self) -> None:
        self.uwsgi.install()
        for folder in self.instance.plan.spooler.named:
            make_folder(folder)
        self._act('asap', 'as-user', 'pre-app')

    def loaded(self, loaded: Loaded | None) -> None:
        self.is_loaded = loaded is not None
        if loaded is not None:
            self._after_load()
        # What was registered is in our own table by now.
        held = [message for message in self.instance.held if message['what'] in ('fire', 'reload', 'stop')]
        self.instance.held.clear()
        if self.settings.is_trial:
            return
        if self.instance.plan.needs_keeper or self.instance.signals.has_sources:
            self._start_keeper()
        self.instance.send = self._heed
        for message in held:
            self._heed(message)

    def _after_load(self) -> None:
        for module in self.instance.plan.modules('workers', 'all'):
            import_module(module)
        self._act('post-app')

    def _act(self, *phases: str) -> None:
        for phase in phases:
            for action in self.instance.plan.actions(phase):
                try:
                    run_action(action, self.instance)
                except Exception as error:
                    text = f'the hook {phase} {action}: {report.summary(error)}'
                    raise LoadError(text, report.format_error(error)) from error

    def before_fork(self, identity: Identity) -> None:
        self.rows[identity.worker] = self.instance.board.take()

    def forked(self, identity: Identity, pid: int) -> None:
        self.instance.board.started(self.rows[identity.worker], pid)

    def worker_ready(self, identity: Identity) -> None:
        if not self.is_serving:
            self.is_serving = True
            self._tell_keeper({'kind': 'serving'})

    def worker_leaves(self, identity: Identity) -> None:
        row = self.rows.get(identity.worker)
        if row is not None:
            self.instance.board.leaves(row)

    def worker_gone(self, identity: Identity, pid: int, code: int | None) -> None:
        row = self.rows.pop(identity.worker, None)
        if row is not None:
            self.instance.board.gone(row)

    def told(self, identity: Identity, message: Message) -> None:
        """A worker has said something."""
        content = message.get('message')
        if isinstance(content, dict) and isinstance(content.get('what'), str):
            self._heed(content)

    def ends(self) -> None:
        try:
            self._act('as-user-atexit')
        except LoadError as error:
            report.log(error.summary, 'warning')

    def _heed(self, message: Message) -> None:
        what = message['what']
        if what in ('reload', 'stop'):
            self.zygote.say('ask', what=what)
            return
        is_new = self.instance.signals.heed(message)
        needs_keeper = what in ('timer', 'cron', 'file', 'fire', 'harakiri')
        if self.keeper is None and needs_keeper:
            self._start_keeper()
            if is_new:
                return  # The keeper was forked with it.
        self._tell_keeper({'kind': 'told', 'message': message})

    def _tell_keeper(self, message: control.Message) -> None:
        if self.keeper is not None:
            try:
                self.keeper.sendall(control.render(message))
            except OSError:
                pass  # It has ended, which its socket tells.

    def _start_keeper(self, pause: float = 0) -> None:
        ours, theirs = socket.socketpair()
        ours, theirs = process.keep_socket(ours), process.keep_socket(theirs)
        assert self.keeper is None
        zygote = os.getpid()
        pid = signals.fork_worker()
        if pid == 0:
            self._be_keeper(theirs, zygote, pause)
        theirs.close()
        self.keeper = ours
        self.lines = control.Lines()
        self.zygote.watch(ours.fileno(), lambda: self._hear_keeper(pid))
        if self.is_serving:
            self._tell_keeper({'kind': 'serving'})

    def _be_keeper(self, theirs: socket.socket, zygote: int, pause: float) -> None:
        try:
            from .keeper import Keeper

            self.zygote.let_go(os.dup(1), zygote)
            time.sleep(pause)
            Keeper(self.uwsgi, theirs, self._load).run()
        except Born as born:
            (run,) = born.args
        except BaseException as error:
            report.failure('the process that keeps mules and spoolers failed', error)
            os._exit(1)
        # A mule or a spooler, which ends as Python programs do.
        run()
        raise SystemExit(0)

    def _load(self) -> None:
        """In a mule or a spooler: what the zygote has not loaded."""
        if self.is_loaded:
            forksafe.reseed(self.zygote.calls)
            signals.be_worker(self.zygote.signals)
            return
        from portico_worker.worker_process import load_application

        load_application(self.settings)
        self._after_load()

    def _hear_keeper(self, pid: int) -> None:
        assert self.keeper is not None
        try:
            data = self.keeper.recv(MESSAGE_BYTES)
        except OSError:
            data = b''
        if not data:
            self._keeper_ended(pid)
            return
        for message in self.lines.feed(data):
            self._obey_keeper(message)

    def _keeper_ended(self, pid: int) -> None:
        assert self.keeper is not None
        self.zygote.unwatch(self.keeper.fileno())
        self.keeper.close()
        self.keeper = None
        _, status = os.waitpid(pid, 0)
        code = os.waitstatus_to_exitcode(status)
        # With code 0 it was told to end, by the server or by its successor.
        if code != 0:
            report.log(f'the process that keeps mules and spoolers has ended ({code}); it is started again')
            self._start_keeper(KEEPER_PAUSE_S)

    def _obey_keeper(self, message: control.Message) -> None:
        kind = message['kind']
        if kind == 'signal':
            self._route(message['signal'], message['target'])
        elif kind == 'retire':
            for worker, row in self.rows.items():
                if row == message['row']:
                    self.instance.board.leaves(row)
                    pid = self.instance.board.get(row, scoreboard.PID)
                    self.zygote.say('retire', worker=worker, pid=pid, reason='harakiri')
                    child = self.zygote.children.get(worker)
                    if child is not None:
                        child.reason = 'a request has had the time that uwsgi.set_user_harakiri gave it'
        elif kind in ('reload', 'stop'):
            self.zygote.say('ask', what=kind)
        elif kind == 'status':
            self.zygote.say('beside', status=message['status'])

    def _route(self, number: int, target: str) -> None:
        board = self.instance.board
        living = [(worker, row) for worker, row in self.rows.items() if not board.get(row, scoreboard.LEAVES)]
        if target in ('workers', 'active-workers'):
            chosen = living
        elif target.startswith('worker') and target[6:].isdigit() and target != 'worker0':
            wanted = int(target[6:])
            chosen = [(worker, row) for worker, row in living if board.get(row, scoreboard.NUMBER) == wanted]
        elif target in ('', 'worker', 'worker0'):
            # One that is idle, if there is one.
            chosen = sorted(living, key=lambda pair: (board.sum(pair[1]).busy, board.get(pair[1], scoreboard.NUMBER)))[
                :1
            ]
        else:
            report.log(f'signal {number} of uWSGI is for "{target}", and there is no such process', 'warning')
            return
        for worker, _ in chosen:
            self.zygote.tell_worker(worker, {'kind': 'beside', 'signal': number})

    # In a worker.

    def after_fork(self, identity: Identity) -> None:
        board = self.instance.board
        board.row = self.rows[identity.worker]
        self.instance.worker_id = board.get(board.row, scoreboard.NUMBER)
        if self.keeper is not None:
            self.keeper.close()
        self.instance.send = self.instance.held.append

    def serves(self, worker: Worker, loaded: Loaded, application: Any) -> Any:
        if not self.is_loaded:
            self._after_load()
        self.worker = worker
        self._act('post-fork')
        self.uwsgi.call('post_fork_hook')
        self._act('accepting')
        if self.instance.worker_id == 1:
            self._act('accepting1')
        self.instance.tell_by(lambda message: worker.say('beside', message=message))
        worker.hear_beside = self._heard
        if worker.kind == 'wsgi' and self.settings.threads == 1:
            signal.signal(SIGNAL, lambda *_: self._run_if_at_rest())
        if worker.kind == 'asgi':
            return application
        self.counted = Counted(application, self.instance.board, self._run_raised)
        counted = self.counted
        self.uwsgi.current = lambda: counted.current
        return counted

    def worker_ends(self) -> None:
        self.uwsgi.call('atexit')

    def _heard(self, message: control.Message) -> None:
        """In the thread that hears the zygote: a signal of uWSGI has come for this worker."""
        if self.raised.qsize() >= RAISED_MAX:
            return
        self.raised.put(int(message['signal']))
        assert self.worker is not None
        if self.worker.kind == 'gevent':
            import_module('gevent').spawn(self._run_raised)
        elif self.worker.kind == 'wsgi' and self.settings.threads == 1:
            assert self.counted is not None
            self.counted.waits = True
            if not self.is_nudging:
                self.is_nudging = True
                threading.Thread(target=self._nudge, name='portico-signals', daemon=True).start()
        else:
            threading.Thread(target=self._run_raised, name='portico-signals', daemon=True).start()

    def _nudge(self) -> None:
        while not self.raised.empty():
            signal.pthread_kill(threading.main_thread().ident or 0, SIGNAL)
            select.select([], [], [], NUDGE_S)
        self.is_nudging = False

    def _run_if_at_rest(self) -> None:
        """In the handler of a Unix signal, in the main thread. If it is in a request, the signal is run before the next one."""
        units = getattr(self.worker, 'units', ())
        if units and units[0].is_at_rest:
            self._run_raised()

    def _run_raised(self) -> None:
        if self.counted is not None:
            self.counted.waits = False
        while True:
            try:
                number = self.raised.get_nowait()
            except queue.Empty:
                return
            self.uwsgi.run_signal(number)
            sys.stdout.flush()
