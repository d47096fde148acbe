"""The zygote: one thread that imports the application, forks workers when it is told to, and says what became of them.

It decides nothing and outlives whatever a worker does. docs/control.md is what it speaks.
"""

from __future__ import annotations

import atexit
import contextlib
import faulthandler
import gc
import os
import select
import signal
import socket
import sys
from collections.abc import Iterator
from typing import Any, Callable, NoReturn

from . import control, descendants, ending, env_file, forksafe, origin, process, report, signals
from .child import Child, kill, wait
from .hooks import Hooks, tell
from .import_calls import ImportCalls
from .loader import Loaded, LoadError, as_load_error, find, load
from .set_up import inherit, set_up_streams, take_descriptor
from .settings import Identity, Settings, read_settings
from .wanted_hooks import hooks_for
from .worker_process import after_load, import_for, page_of, run_worker

OUTPUTS = (1, 2)
OWN = 0
"""Stands for the zygote itself where messages have the number of a worker."""

LOAD_FAILED, UNSAFE_PRELOAD, ELSEWHERE = 3, 4, 5
"""Exit codes."""

RECEIVE_MAX = 64 * 1024
REAP_EVERY_MS = 50
"""Where the kernel has no pidfd_open, a worker whose pipe has closed is looked at so often …"""

REAP_ALWAYS_MS = 1000
"""… and any other so often, because a process that it has forked may hold its pipe open."""

LEFT_S = 1.0
"""At the end, from SIGTERM to SIGKILL for what the application started while it was imported. The supervisor waits for twice as long."""

REASON_MAX = 500
"""Characters of a reason."""

RELAYED = {'ready', 'worker-load-failed', 'retire'}


class Zygote:
    def __init__(self, supervisor: socket.socket) -> None:
        self.supervisor = supervisor
        self.lines = control.Lines()
        self.settings: Settings | None = None
        self.hooks = Hooks()
        self.loaded: Loaded | None = None
        self.calls: ImportCalls | None = None
        self.signals: signals.OfImport | None = None
        self.children: dict[int, Child] = {}
        self.logs: dict[int, int] = {}
        self.has_loaded = False
        self.relayed: dict[int, int] = {}
        """Workers by the reading ends of their log pipes, which we read for the supervisor."""
        self.poller = select.poll()
        self.poller.register(supervisor, select.POLLIN)
        self.outputs: list[int] = []
        """Our first standard output and error, kept until the supervisor reads the pipe that has taken their place."""
        self.pending_start: control.Message | None = None
        self.watched: dict[int, Callable[[], None]] = {}
        """What hooks listen to."""

    def pipe_output(self) -> None:
        """The supervisor can only give us sockets, and a socket cannot be opened again, as an application does that logs to
        /dev/stdout. So our output, which the import writes to, becomes a pipe like those of the workers."""
        reader, writer = os.pipe()
        reader = process.keep(reader)
        self.outputs = [process.keep(os.dup(stream)) for stream in OUTPUTS]
        for stream in OUTPUTS:
            os.dup2(writer, stream)
        os.close(writer)
        self.logs[OWN] = reader
        self.say('piped', log=reader, logInode=os.fstat(reader).st_ino)

    def _on_piped(self, is_read: bool) -> None:
        for stream, output in zip(OUTPUTS, self.outputs):
            if not is_read:
                os.dup2(output, stream)
            os.close(output)
        self.outputs = []
        start, self.pending_start = self.pending_start, None
        if start is not None:
            self._on_start(start)

    def run(self) -> NoReturn:
        while True:
            patience = self._patience()
            for descriptor, _ in self.poller.poll(patience):
                if descriptor == self.supervisor.fileno():
                    self._hear()
                else:
                    self._see(descriptor)
            if patience is not None:
                self._reap_all()

    def _patience(self) -> int | None:
        """Milliseconds until the zygote looks at workers whose end no descriptor tells."""
        untold = [child for child in self.children.values() if child.pidfd < 0]
        if not untold:
            return None
        return REAP_EVERY_MS if any(child.hung_up for child in untold) else REAP_ALWAYS_MS

    def _hear(self) -> None:
        try:
            data = self.supervisor.recv(RECEIVE_MAX)
        except OSError:
            data = b''
        if not data:
            self._stop_alone()
        for message in self.lines.feed(data):
            self._obey(message)

    def _obey(self, message: control.Message) -> None:
        """An error of ours, or of a hook that the application has given the interpreter, must not end the zygote, and
        the workers with it."""
        try:
            getattr(self, '_on_' + message['kind'].replace('-', '_'))(message)
        except Exception as error:
            if not self.has_loaded:
                raise
            report.failure(f'the zygote could not obey "{message["kind"]}"', error)

    def say(self, kind: str, **values: Any) -> None:
        self._send({'kind': kind, **values})

    def watch(self, descriptor: int, act: Callable[[], None]) -> None:
        """For hooks: `act` is called when there is something to read."""
        self.watched[descriptor] = act
        self.poller.register(descriptor, select.POLLIN)

    def unwatch(self, descriptor: int) -> None:
        self.poller.unregister(descriptor)
        del self.watched[descriptor]

    def _send(self, message: control.Message) -> None:
        try:
            self.supervisor.sendall(control.render(message))
        except OSError:
            self._stop_alone()

    def _on_start(self, message: control.Message) -> None:
        if self.outputs:
            self.pending_start = message
            return
        settings = read_settings(inherit(message))
        report.mark_with(settings.log_mark)
        os.chdir(settings.chdir)
        sys.path.insert(0, settings.chdir)
        settings = self.settings = self._find(settings)
        if settings.development:
            from . import young_sources

            young_sources.keep_no_bytecode()
        facts = {}
        with self._failing(settings):
            self.hooks = hooks_for(settings, self)
            self.hooks.begins()
        if settings.preload != 'never':
            facts = {'app': self._preload(settings)}
        with self._failing(settings):
            self.hooks.loaded(self.loaded)
        # Objects that live now live for ever: workers share them as long as no collection touches them. More is not to
        # be gained: what is left to collect takes 9 of a Django page's 1,150 µs, 0.4 ms at the most at once, so putting
        # it off until the lane is idle was measured and left alone.
        gc.collect()
        gc.freeze()
        self.has_loaded = True
        # From now on the loop hears of the supervisor's end, and ends what the application has started as well.
        process.outlive_parent()
        self.say('loaded', preloaded=bool(facts), python=sys.version.split()[0], **facts)

    def _find(self, settings: Settings) -> Settings:
        """Before anything of the application's is imported: it may belong to another folder, hence to another Python."""
        try:
            choice = find(settings.app, settings.interface, settings.may_move)
        except LoadError as error:
            self._fail(settings, error)
        if choice.folder and os.path.realpath(choice.folder) != os.path.realpath(settings.chdir):
            self.say('elsewhere', folder=choice.folder, app=choice.app, found=choice.why or '')
            self._leave(ELSEWHERE)
        unread = '' if settings.has_env_file else env_file.unread(settings.cwd)
        choice = choice._replace(why=settings.found or choice.why, env_file=unread)
        return settings._replace(choice=choice, app=choice.name)

    @contextlib.contextmanager
    def _failing(self, settings: Settings) -> Iterator[None]:
        """What a hook raises ends the zygote, as what the import of the application raises."""
        try:
            yield
        except Exception as error:
            self._fail(settings, as_load_error(error))

    def _fail(self, settings: Settings, error: LoadError) -> NoReturn:
        page = page_of(settings, error)
        self.say('load-failed', error=error.summary, traceback=error.traceback, page=page, isMisnamed=error.is_misnamed)
        self._leave(LOAD_FAILED)

    def _preload(self, settings: Settings) -> dict[str, Any]:
        origin.application_is(settings.app)
        watch, handlers = forksafe.Watch(), signals.handlers()
        try:
            self.loaded = load(
                settings.choice or settings.app, settings.interface, settings.python_found, settings.root_path
            )
        except LoadError as error:
            self._fail(settings, error)
        watch.end()
        self.calls = watch.calls
        self.signals = signals.take_over(handlers)
        forksafe.close_connections()
        reasons = watch.reasons()
        if reasons:
            # Files and sockets that only garbage holds are closed with it.
            gc.collect()
            reasons = watch.reasons()
        if reasons and settings.preload == 'auto':
            watch.undo()
            self.say('unsafe-preload', reasons=reasons, holdsLock=watch.holds_lock)
            self._leave(UNSAFE_PRELOAD)
        import_for(settings, self.loaded.facts['interface'])
        after_load(settings, self.loaded)
        return self.loaded.facts

    def _on_spawn(self, message: control.Message) -> None:
        assert self.settings is not None, 'spawn before start'
        identity = Identity(message['worker'], message['name'], message['slot'])
        try:
            self._fork(self.settings, identity)
        except Exception as error:
            # The system has no means for another process; or a hook of the application's, called before each fork, has
            # failed.
            if not isinstance(error, OSError):
                report.failure('a worker could not be forked', error)
            reason = f'it could not be forked: {report.summary(error)}'
            self.say('exited', worker=identity.worker, pid=None, code=None, signal=None, reason=reason)

    def _fork(self, settings: Settings, identity: Identity) -> None:
        self.hooks.before_fork(identity)
        # The supervisor opens the reading end by our descriptor; until then we hold it, and the worker's first lines wait in the pipe.
        with contextlib.ExitStack() as undo:
            reader, writer = os.pipe()
            undo.callback(os.close, writer)
            reader = process.keep(reader)
            undo.callback(os.close, reader)
            ours, theirs = socket.socketpair()
            undo.callback(ours.close)
            undo.callback(theirs.close)
            zygote = os.getpid()
            pid = signals.fork_worker()
            undo.pop_all()
        if pid == 0:
            try:
                self.let_go(writer, zygote)
                status = process.keep_socket(theirs)
            except BaseException:
                os._exit(1)  # A child that cannot be set up must not go on as a second zygote.
            raise Birth(settings, identity, self.loaded, status, self.hooks, self.signals, self.calls)
        os.close(writer)
        theirs.close()
        self.logs[identity.worker] = reader
        child = self.children[identity.worker] = Child(identity, pid, process.keep_socket(ours))
        self.poller.register(child.status, select.POLLIN)
        if child.pidfd >= 0:
            self.poller.register(child.pidfd, select.POLLIN)
        self.say('spawned', worker=identity.worker, pid=pid, log=reader, logInode=os.fstat(reader).st_ino)
        tell(self.hooks.forked, identity, pid)

    def let_go(self, log: int, zygote: int) -> None:
        """Called in a process that was just forked: gives up what is the zygote's."""
        process.die_with_parent(zygote)
        self.supervisor.close()
        for child in self.children.values():
            child.close()
        for reader in (*self.logs.values(), *self.relayed):
            os.close(reader)
        os.dup2(log, 1)
        os.dup2(log, 2)
        os.close(log)

    def _on_log_opened(self, message: control.Message) -> None:
        reader = self.logs.pop(message['worker'], None)
        if reader is not None:
            os.close(reader)
        if message['worker'] == OWN:
            self._on_piped(is_read=True)

    def _on_relay_log(self, message: control.Message) -> None:
        """The supervisor cannot open the pipe, as where there is no /proc, or Python is a program that the kernel shields."""
        reader = self.logs.pop(message['worker'], None)
        if message['worker'] == OWN and reader is not None:
            # The zygote could not read the pipe while the import runs; nothing has been written to it yet.
            os.close(reader)
            self._on_piped(is_read=False)
        elif reader is not None:
            os.set_blocking(reader, False)
            self.relayed[reader] = message['worker']
            self.poller.register(reader, select.POLLIN)

    def _relay_output(self, reader: int) -> None:
        try:
            data = os.read(reader, RECEIVE_MAX)
        except BlockingIOError:
            return
        self.say('output', worker=self.relayed[reader], text=data.decode('latin-1'))
        if not data:
            self.poller.unregister(reader)
            del self.relayed[reader]
            os.close(reader)

    def _on_finish(self, message: control.Message) -> None:
        self.tell_worker(message['worker'], message)
        child = self.children.get(message['worker'])
        if child is not None:
            tell(self.hooks.worker_leaves, child.identity)

    def tell_worker(self, worker: int, message: control.Message) -> None:
        child = self.children.get(worker)
        if child is not None:
            try:
                child.status.send(control.render(message), socket.MSG_DONTWAIT)
            except OSError:
                pass  # The supervisor is gone, or reads no more, which it will notice itself.

    def _on_signal(self, message: control.Message) -> None:
        child = self.children.get(message['worker'])
        if child is not None:
            kill(child.pid, message['signal'])

    def _on_ping(self, message: control.Message) -> None:
        self.say('pong')

    def _on_workers(self, message: control.Message) -> None:
        tell(self.hooks.workers_changed, message['count'], message['before'])

    def _on_alone(self, message: control.Message) -> None:
        tell(self.hooks.alone)

    def _on_upgrade(self, message: control.Message) -> None:
        tell(self.hooks.upgrades)

    def _on_reopen_logs(self, message: control.Message) -> None:
        tell(self.hooks.reopens)

    def _on_stop(self, message: control.Message) -> None:
        self._stop(bool(message.get('isEnd')))

    def _see(self, descriptor: int) -> None:
        """Something has happened to a worker: looks what it was."""
        if descriptor in self.relayed:
            self._relay_output(descriptor)
            return
        if descriptor in self.watched:
            tell(self.watched[descriptor])
            return
        for child in list(self.children.values()):
            if descriptor == child.pidfd:
                self._relay(child)
                self._reap(child)
            elif descriptor == child.status.fileno():
                self._relay(child)

    def _relay(self, child: Child) -> None:
        """Passes on what the worker says. Whatever else may come from its process, only these messages can."""
        if child.hung_up:
            return
        try:
            while not child.hung_up:
                data = child.status.recv(RECEIVE_MAX, socket.MSG_DONTWAIT)
                messages = child.lines.feed(data)
                child.hung_up = not data
                for message in messages:
                    self._relay_message(child, message)
        except BlockingIOError:
            return
        except (OSError, ValueError, RecursionError):
            child.hung_up = True
        self.poller.unregister(child.status)

    def _relay_message(self, child: Child, message: control.Message) -> None:
        if message['kind'] == 'leaving':
            child.reason = str(message.get('reason'))[:REASON_MAX]
        elif message['kind'] == 'started':
            child.started = {pid for pid in message.get('processes', ()) if isinstance(pid, int)}
        elif message['kind'] == 'beside':
            tell(self.hooks.told, child.identity, message)
        elif message['kind'] in RELAYED:
            self._send({**message, 'worker': child.worker, 'pid': child.pid})
            if message['kind'] == 'ready':
                tell(self.hooks.worker_ready, child.identity)
            elif message['kind'] == 'retire':
                tell(self.hooks.worker_leaves, child.identity)

    def _reap_all(self) -> None:
        for child in list(self.children.values()):
            if child.pidfd < 0:
                self._reap(child)

    def _reap(self, child: Child) -> None:
        ended, code = wait(child.pid, os.WNOHANG)
        if not ended:
            return
        if not child.hung_up:
            self.poller.unregister(child.status)
        if child.pidfd >= 0:
            self.poller.unregister(child.pidfd)
        child.close()
        del self.children[child.worker]
        self._end_started(child)
        tell(self.hooks.worker_gone, child.identity, child.pid, code)
        reason = {} if child.reason is None else {'reason': child.reason}
        self.say(
            'exited',
            worker=child.worker,
            pid=child.pid,
            code=None if code is None or code < 0 else code,
            signal=None if code is None or code >= 0 else process.signal_name(-code),
            **reason,
        )

    def _end_started(self, child: Child) -> None:
        """Asks what a killed worker's import has started to end: the worker could not do that, and its replacement
        starts another. What does not heed SIGTERM is killed with the server."""
        if child.started:
            others = {os.getpid(), *(other.pid for other in self.children.values())}
            descendants.ask_to_end(child.started - others)

    def _stop_alone(self) -> NoReturn:
        """The supervisor is gone: nobody else ends what the application has started, by workers or by us."""
        for child in self.children.values():
            kill(child.pid, signal.SIGKILL)
        descendants.end_session(LEFT_S)
        os._exit(0)

    def _stop(self, is_end: bool) -> NoReturn:
        for child in self.children.values():
            kill(child.pid, signal.SIGKILL)
        for child in self.children.values():
            _, code = wait(child.pid, 0)
            tell(self.hooks.worker_gone, child.identity, child.pid, code)
        if is_end:
            tell(self.hooks.ends)
        self._leave(0)

    def _leave(self, code: int) -> NoReturn:
        # Not sys.exit, because threads and exit handlers that the import left are not for the zygote to wait for.
        for stream in (sys.stdout, sys.stderr):
            try:
                stream.flush()
            except (OSError, ValueError, AttributeError):
                pass
        descendants.end({child.pid for child in self.children.values()}, LEFT_S)
        os._exit(code)


class Birth(BaseException):
    """Raised in a worker that was forked, with what it needs."""


def main() -> NoReturn:
    set_up_streams()
    process.die_with_parent()
    # If the import does not end, the supervisor asks where it is.
    faulthandler.register(signals.TRACEBACKS, file=2, all_threads=True, chain=False)
    signals.be_quiet()
    # An interpreter that ends puts its signal handlers away first: a timer of the application's would end the process by its signal.
    # What is registered first runs last.
    atexit.register(signals.stop_timers)
    ending.flush_files_at_last()
    supervisor = process.keep_socket(socket.socket(fileno=take_descriptor()))
    zygote = Zygote(supervisor)
    zygote.pipe_output()
    try:
        zygote.run()
    except Birth as birth:
        settings, identity, loaded, status, hooks, of_import, calls = birth.args
    # The zygote's frames are gone from the stack: what follows is the whole life of a worker, to the end of its interpreter.
    signals.be_worker(of_import)
    if loaded is not None:
        forksafe.reseed(calls)
    code = run_worker(settings, identity, loaded, status, hooks)
    del loaded
    sys.exit(code)
