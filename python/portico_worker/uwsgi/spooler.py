"""A spooler: works off the files of one folder."""

from __future__ import annotations

import faulthandler
import os
import select
import signal
import time
from typing import Any

from portico_worker import process, report

from . import spool_file
from .mule import set_up
from .office import Office
from .spool_calls import IGNORE, OK, RETRY, variables_of

NICENESS = 19
"""Spoolers take what time others leave, as with uWSGI."""
RECREATE_S = 1.0


class Spooler:
    def __init__(self, keeper: Office, folder: str) -> None:
        self.keeper = keeper
        self.plan = keeper.plan.spooler
        self.folder = folder
        self.name = f'[spooler {folder} pid: {os.getpid()}]'
        self.tasks = 0
        self.told_missing = False
        self.wakes, waker = process.wake_pipe()
        os.set_blocking(self.wakes, False)
        signal.signal(signal.SIGUSR1, lambda *_: None)
        signal.set_wakeup_fd(waker, warn_on_full_buffer=False)

    def run(self) -> None:
        signals = self.keeper.instance.spooler_signals
        poller = select.poll()
        poller.register(self.wakes, select.POLLIN)
        poller.register(signals.reader, select.POLLIN)
        while True:
            for path in spool_file.waiting(self.folder, self.plan.is_ordered, time.time()):
                self._work_off(path)
            spool_file.make_folder(self.folder)
            os.chdir(self.folder)
            poller.poll(self.keeper.instance.spooler_frequency * 1000)
            try:
                os.read(self.wakes, process.WAKES_MAX)
            except BlockingIOError:
                pass  # The time was over, or a signal of uWSGI has come.
            raised = signals.take(1)
            if raised:
                self._limited(self.keeper.uwsgi.run_signal, raised[0])

    def _work_off(self, path: str) -> None:
        try:
            task = spool_file.take(path)
        except ValueError as error:
            report.log(f'{path} is no task of a spooler and is removed: {error}', 'warning')
            _remove(path)
            return
        if task is None:
            return
        try:
            result = self._run(task)
            if result == OK:
                _remove(path)
        finally:
            # The lock goes with the descriptor: nobody has begun the task before.
            os.close(task.descriptor)
        if result != IGNORE:
            self.tasks += 1
        if 0 < self.plan.tasks_max <= self.tasks:
            report.log(f'{self.name} maximum number of tasks reached ({self.tasks}) recycling ...', 'info')
            raise SystemExit(0)

    def _run(self, task: spool_file.Task) -> int:
        name = os.path.basename(task.path)
        function = vars(self.keeper.uwsgi.module).get('spooler')
        if not callable(function):
            report.log(
                'unable to find the spooler function, have you loaded it into the spooler process ? '
                'It is what uwsgidecorators, or uwsgi.spooler = FUNCTION in the application or a module of --spooler-import, names',
                'warning',
            )
            return IGNORE
        if not self.plan.is_quiet:
            report.log(f'{self.name} managing request {name} ...', 'info')
        began = time.time()
        if self.plan.chdir:
            os.chdir(self.plan.chdir)
        else:
            os.chdir(self.folder)
        result: Any = RETRY
        try:
            result = self._limited(function, variables_of(task))
        except Exception as error:
            report.failure(f'in the spooler, for {name}', error)
        if not isinstance(result, int):
            result = RETRY
        if result == OK and not self.plan.is_quiet:
            report.log(f'{self.name} done with task {name} after {int(time.time() - began)} seconds', 'info')
        return int(result)

    def _limited(self, act: Any, given: Any) -> Any:
        """A task that takes longer ends the process, which says where it was. The file stays, and is tried again."""
        if self.plan.harakiri:
            faulthandler.dump_traceback_later(self.plan.harakiri, exit=True, file=report.descriptor())
        try:
            return act(given)
        finally:
            if self.plan.harakiri:
                faulthandler.cancel_dump_traceback_later()


def _remove(path: str) -> None:
    try:
        os.unlink(path)
    except OSError as error:
        if os.path.lexists(path):
            report.log(f'{path} cannot be removed: {error.strerror}')


def run_spooler(keeper: Office, folder: str) -> None:
    set_up(keeper)
    instance = keeper.instance
    instance.spool_folder = folder
    os.environ['PORTICO_WORKER'] = 'spooler'
    os.nice(NICENESS)
    keeper.load()
    for module in instance.plan.modules('spoolers'):
        __import__(module)
    keeper.uwsgi.call('post_fork_hook')
    Spooler(keeper, folder).run()
