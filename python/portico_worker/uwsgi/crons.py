"""The crons: those of the command line, which run programs, and those of the application, which raise signals."""

from __future__ import annotations

import time

from portico_worker import report

from . import commands
from .beside import Beside
from .cron import When, is_due
from .office import Office
from .plan import Cron

MINUTE_S = 60


class _Job:
    def __init__(self, cron: Cron) -> None:
        self.cron = cron
        self.running: list[Beside] = []


class Crons:
    def __init__(self, keeper: Office) -> None:
        self._keeper = keeper
        self._jobs = [_Job(cron) for cron in keeper.plan.crons]
        self._minute = 0

    def begin(self) -> None:
        """The minute in which the server was started counts, as with uWSGI; after a reload another keeper has had it."""
        self._minute = int(time.time() // MINUTE_S) if self._keeper.instance.settings.is_reload else 0

    def look(self) -> None:
        now = time.time()
        minute = int(now // MINUTE_S)
        # A clock that was set back does not run again what has run, for an hour at the most.
        if self._minute - 60 < minute <= self._minute:
            return
        self._minute = minute
        local = time.localtime(now)
        for number, fields in self._keeper.table.crons:
            if is_due(When(*fields), local):
                self._keeper.fire(number)
        for job in self._jobs:
            if is_due(job.cron.when, local):
                self._run(job)

    def _run(self, job: _Job) -> None:
        cron = job.cron
        if cron.is_unique and job.running:
            return
        name = f'cron "{cron.command[:40]}"'
        beside = Beside(
            name,
            command=lambda output: commands.start_command(cron.command, output),
            restarts=False,
            ends_with_us=False,
        )

        def ended(code: int) -> None:
            job.running.remove(beside)
            if code != 0:
                report.log(f'{name} has ended with code {code}', 'warning')

        beside.on_end = ended
        job.running.append(beside)
        self._keeper.start(beside)
        if cron.harakiri:
            self._keeper.clock.after(cron.harakiri, lambda: self._give_up(beside, cron))

    def _give_up(self, beside: Beside, cron: Cron) -> None:
        if beside.pid:
            report.log(f'{beside.name} is killed: it has run for {cron.harakiri} s', 'warning')
            beside.kill()

    def describe(self) -> list[dict[str, object]]:
        return [
            {
                **job.cron.when._asdict(),
                'command': job.cron.command,
                'unique': int(job.cron.is_unique),
                'pid': job.running[-1].pid if job.running else 0,
                'startedAt': job.running[-1].started_on if job.running else 0,
            }
            for job in self._jobs
        ]
