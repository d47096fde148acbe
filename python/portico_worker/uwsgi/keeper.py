"""The keeper: one process beside the workers that starts mules, spoolers, daemons and crons, fires the signals of uWSGI, and watches their deadlines.

It is forked from the zygote when the application is loaded, as uWSGI's master forks mules, and started again if it ends. Of all keepers of a server
one is in office, which a lock tells that the kernel frees with its holder: at a reload the new one waits until a worker of its generation serves, asks
the old one to end, and takes over then, so that nothing runs twice.
"""

from __future__ import annotations

import fcntl
import json
import os
import select
import signal
import socket
import time
from collections.abc import Iterable
from typing import Any, Callable, NoReturn
from zlib import crc32

from portico_worker import control, process, report

from . import commands, scoreboard
from .beside import Beside
from .clock import Clock
from .crons import Crons
from .daemons import Daemons
from .instance import Message, Queue
from .module import Uwsgi
from .mule import run_mule
from .spooler import run_spooler
from .touched import Touched

OFFICE_AT = 2**40
"""Where in the board's file the lock of the office is, far behind its words; there is one for each application."""
TURN_S = 0.5
"""How long the keeper waits at the most before it looks at deadlines and files."""
TAKE_OVER_S = 10.0
"""How long an old keeper may take to end before it is killed."""
LINE_MAX = 64 * 1024
END_S = 0.7
"""From SIGTERM to SIGKILL for what the keeper has started; the zygote gives it a second."""
STATUS_S = 1.0
SWEEP_S = 3.0
"""How often caches drop what has expired, as uWSGI does."""
TRACEBACK_S = 0.3
"""How long a worker has to say where it is, before it is killed."""
SPARED_S = 30.0
"""How long other requests of a worker may go on whose time is over for one."""


class Keeper:
    def __init__(self, uwsgi: Uwsgi, zygote: socket.socket, load: Callable[[], None]) -> None:
        self.uwsgi = uwsgi
        self.instance = uwsgi.instance
        self.plan = uwsgi.instance.plan
        self.load = load
        """Loads the application, unless that was done."""
        self.zygote = zygote
        self.lines = control.Lines()
        self.clock = Clock()
        self.table = self.instance.signals
        self.inbox = Queue(LINE_MAX)
        self.besides: list[Beside] = []
        self.processes: dict[int, Beside] = {}
        self.touched = Touched()
        self.crons = Crons(self)
        self.daemons = Daemons(self)
        self.is_in_office = False
        self.is_replaced = False
        """A worker of our generation serves, so that the keeper before us is to go."""
        self.asked_at = 0.0
        self.is_ending = False
        self.wakes, waker = process.wake_pipe()
        os.set_blocking(self.wakes, False)
        signal.signal(signal.SIGTERM, self._on_terminate)
        signal.signal(signal.SIGCHLD, lambda *_: None)
        signal.set_wakeup_fd(waker, warn_on_full_buffer=False)
        self.poller = select.poll()
        for descriptor in (zygote.fileno(), self.wakes, self.inbox.reader.fileno()):
            self.poller.register(descriptor, select.POLLIN)
        self.outputs: dict[int, Beside] = {}
        self.told_status = ''
        self.doomed: dict[int, float] = {}
        """Rows of workers that have a request whose time is over, and until when they are spared."""

    def run(self) -> NoReturn:
        self.instance.tell_by(self._heed)
        while not self.is_ending:
            timeout = min(TURN_S, self.clock.wait_s())
            for descriptor, _ in self.poller.poll(max(0, int(timeout * 1000) + 1)):
                self._see(descriptor)
            if not self.is_in_office:
                self._try_office()
            self._reap()
            self.clock.run_due()
            if self.is_in_office:
                self._turn()
        self._end()

    def _see(self, descriptor: int) -> None:
        if descriptor == self.wakes:
            try:
                os.read(self.wakes, process.WAKES_MAX)
            except BlockingIOError:
                pass  # Another turn has read it.
        elif descriptor == self.zygote.fileno():
            self._hear_zygote()
        elif descriptor in self.outputs:
            beside = self.outputs[descriptor]
            if not beside.relay(descriptor):
                self.poller.unregister(descriptor)
                del self.outputs[descriptor]
        else:
            data = self.inbox.take(LINE_MAX)
            if data:
                self._heed(json.loads(data))

    def _hear_zygote(self) -> None:
        try:
            data = self.zygote.recv(LINE_MAX)
        except OSError:
            data = b''
        if not data:
            self.is_ending = True
            return
        for message in self.lines.feed(data):
            if message['kind'] == 'serving':
                self.is_replaced = True
            else:
                self._heed(message['message'])

    def readers(self) -> Iterable[int]:
        return self.outputs

    def say(self, what: str, **values: Any) -> None:
        try:
            self.zygote.sendall(control.render({'kind': what, **values}))
        except OSError:
            self.is_ending = True

    def _on_terminate(self, number: int, frame: object) -> None:
        self.is_ending = True

    # Office.

    def _try_office(self) -> None:
        place = OFFICE_AT + crc32(self.instance.settings.name.encode('utf-8'))
        try:
            fcntl.lockf(self.instance.settings.board, fcntl.LOCK_EX | fcntl.LOCK_NB, 1, place)
        except OSError:
            if self.is_replaced:
                self._ask_predecessor()
            return
        self.is_in_office = True
        self._begin()

    def _ask_predecessor(self) -> None:
        """A keeper that is told to end does so with code 0, and is not started again."""
        now = time.monotonic()
        if self.asked_at == 0:
            self.asked_at = now
        pid = commands.lock_holder(
            self.instance.settings.board, OFFICE_AT + crc32(self.instance.settings.name.encode())
        )
        if pid > 0:
            number = signal.SIGTERM if now - self.asked_at < TAKE_OVER_S else signal.SIGKILL
            try:
                os.kill(pid, number)
            except OSError:
                pass  # It has ended just now.

    def _begin(self) -> None:
        self.daemons.begin()
        for number, program in enumerate(self.plan.mules, 1):
            self.add(Beside(f'mule{number}', lambda n=number, p=program: run_mule(self, n, p)))  # type: ignore[misc]
        for folder in self.plan.spooler.folders:
            for _ in range(self.plan.spooler.processes):
                name = f'spooler{sum(beside.folder != "" for beside in self.besides) + 1}'
                self.add(Beside(name, lambda f=folder: run_spooler(self, f), folder=folder))  # type: ignore[misc]
        for number, seconds in self.plan.timers:
            self.table.heed({'what': 'timer', 'signal': number, 'seconds': float(seconds), 'times': 0})
        for number, path in self.plan.file_signals:
            self.table.heed({'what': 'file', 'signal': number, 'path': path})
        for signal_number, seconds_, times in self.table.timers:
            self._start_timer(signal_number, seconds_, times)
        for signal_number, path in self.table.files:
            self.touched.watch(path, lambda n=signal_number: self.fire(n))  # type: ignore[misc]
        for hook in self.plan.hooks:
            if hook.phase == 'touch':
                self.touched.watch(hook.path, lambda a=hook.action: self.run_action(a))  # type: ignore[misc]
        self.clock.every(STATUS_S, self._tell_status)
        if self.instance.caches:
            self.clock.every(SWEEP_S, self._sweep)
        self.crons.begin()

    def add(self, beside: Beside) -> None:
        self.besides.append(beside)
        self.start(beside)

    def start(self, beside: Beside) -> None:
        if self.is_ending:
            return
        try:
            reader = beside.start(self)
        except OSError as error:
            report.log(f'{beside.name} cannot be started: {error.strerror}')
            self.clock.after(beside.pause(), lambda: self.start(beside))
            return
        self.processes[beside.pid] = beside
        self.outputs[reader] = beside
        self.poller.register(reader, select.POLLIN)

    def _reap(self) -> None:
        while True:
            try:
                pid, status = os.waitpid(-1, os.WNOHANG)
            except ChildProcessError:
                return
            if pid == 0:
                return
            beside = self.processes.pop(pid, None)
            if beside is not None:
                self._ended(beside, os.waitstatus_to_exitcode(status))

    def _ended(self, beside: Beside, code: int) -> None:
        beside.has_ended(code)
        if beside.on_end is not None:
            beside.on_end(code)
        elif not self.is_ending and beside.restarts:
            pause = beside.pause()
            how = f'by {process.signal_name(-code)}' if code < 0 else f'with code {code}'
            when = 'at once' if pause == 0 else f'in {pause:g} s'
            report.log(
                f'{beside.name} (pid {beside.last_pid}) has ended {how}; it is started again {when}',
                'info' if code == 0 else 'warning',
            )
            self.clock.after(pause, lambda: self.start(beside))

    # What is asked.

    def _heed(self, message: Message) -> None:
        what, number = message['what'], message['signal']
        if what == 'fire':
            self.fire(number)
        elif what == 'spooled':
            self._wake_spoolers()
        elif what in ('reload', 'stop'):
            self.say(what)
        elif what == 'harakiri':
            pass  # Deadlines are looked at in each turn.
        elif self.table.heed(message) and self.is_in_office:
            if what == 'timer':
                self._start_timer(number, message['seconds'], message['times'])
            elif what == 'file':
                self.touched.watch(message['path'], lambda: self.fire(number))

    def _start_timer(self, number: int, seconds: float, times: int) -> None:
        self.clock.every(seconds, lambda: self.fire(number), times)

    def _wake_spoolers(self) -> None:
        for beside in self.besides:
            if beside.folder and beside.pid:
                commands.send_signal(beside.pid, signal.SIGUSR1)

    def fire(self, number: int) -> None:
        """Brings a signal to those that it is for."""
        if not self.is_in_office:
            return
        target = self.table.targets.get(number)
        if target is None:
            report.log(f'signal {number} of uWSGI was raised, and nobody has registered it', 'warning')
            return
        if target == 'spooler':
            self.instance.spooler_signals.put(bytes([number]))
        elif target.startswith(('mule', 'farm')):
            self._fire_at_mules(number, target)
        else:
            self.say('signal', signal=number, target=target)

    def _fire_at_mules(self, number: int, target: str) -> None:
        queues = self.instance.mule_signals
        if target == 'mules':
            chosen = list(range(1, len(queues) + 1))
        elif target in ('mule', 'mule0'):
            # The one that has been started last is the least likely to be in the middle of something for long.
            chosen = [1 + number % len(queues)] if queues else []
        elif target.startswith('mule') and target[4:].isdigit():
            chosen = [int(target[4:])]
        else:
            name = target[5:] if target.startswith('farm_') else target
            chosen = list(self.instance.mules_of(name))[:1]
        for mule in chosen:
            if 0 < mule <= len(queues):
                queues[mule - 1].put(bytes([number]))

    def run_action(self, action: str) -> None:
        from .actions import run_action

        run_action(action, self.instance)

    # What is looked at.

    def _turn(self) -> None:
        self.touched.look()
        self.crons.look()
        now = time.time_ns() // 1_000_000
        for row in self.instance.board.overdue(now):
            self._give_up(row)
        for row, until in list(self.doomed.items()):
            board = self.instance.board
            is_told = time.monotonic() > until - SPARED_S + TRACEBACK_S
            is_alone = is_told and board.sum(row).busy <= 1
            if board.get(row, scoreboard.PID) and (is_alone or time.monotonic() > until):
                commands.send_signal(board.get(row, scoreboard.PID), signal.SIGKILL)
                del self.doomed[row]
            elif not board.get(row, scoreboard.PID):
                del self.doomed[row]

    def _give_up(self, row: int) -> None:
        """A request has had the time of `set_user_harakiri`: its worker says where it is, others of its requests may end, and it is killed."""
        board = self.instance.board
        pid, number = board.get(row, scoreboard.PID), board.get(row, scoreboard.NUMBER)
        for column in range(board.columns):
            board.words[board.column_at(row, column) + scoreboard.DEADLINE_MS] = 0
        if row in self.doomed:
            return
        report.log(
            f'HARAKIRI: a request of worker {number} (pid {pid}) has had the time that uwsgi.set_user_harakiri gave it',
            'warning',
        )
        commands.send_signal(pid, signal.SIGUSR2)
        self.say('retire', row=row)
        self.doomed[row] = time.monotonic() + SPARED_S

    def _sweep(self) -> None:
        for cache in self.instance.caches.values():
            cache.sweep()

    def _tell_status(self) -> None:
        status = {
            'spoolers': [beside.describe_spooler() for beside in self.besides if beside.folder],
            'daemons': self.daemons.describe(),
            'crons': self.crons.describe(),
            'mules': [beside.describe() for beside in self.besides if beside.name.startswith('mule')],
            'caches': [cache.report() for cache in self.instance.caches.values()],
        }
        text = json.dumps(status)
        if text != self.told_status:
            self.told_status = text
            self.say('status', status=status)

    # The end.

    def _end(self) -> NoReturn:
        living = [beside for beside in {*self.processes.values()} if beside.ends_with_us]
        for beside in living:
            beside.ask_to_end()
        deadline = time.monotonic() + END_S
        while self.processes and time.monotonic() < deadline:
            self._reap()
            time.sleep(0.01)
        for beside in set(self.processes.values()):
            if beside.ends_with_us:
                beside.kill()
        os._exit(0)
