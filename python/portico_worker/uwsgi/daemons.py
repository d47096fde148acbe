"""Attached daemons: programs that live as long as the server, and such as are known by a pidfile and live on."""

from __future__ import annotations

import signal

from portico_worker import report

from . import commands
from .beside import PAUSE_MAX_S, Beside
from .office import Office
from .plan import Daemon

STOP_S = 3.0
"""From the stop signal to SIGKILL where a touched file has a daemon restarted."""


class _Smart:
    """A daemon with a pidfile, which is started where its process is not there."""

    def __init__(self, plan: Daemon) -> None:
        self.plan = plan
        self.starter: Beside | None = None
        """The command that puts it into the background, while it runs."""
        self.spawns = 0

    def pid(self) -> int:
        try:
            with open(self.plan.pidfile, encoding='ascii') as file:
                pid = int(file.read().split()[0])
        except (OSError, ValueError, IndexError):
            return 0
        return pid if commands.send_signal(pid, 0) else 0


class Daemons:
    def __init__(self, keeper: Office) -> None:
        self._keeper = keeper
        self._plain: list[tuple[Daemon, Beside]] = []
        self._smart: list[_Smart] = []

    def begin(self) -> None:
        for number, plan in enumerate(self._keeper.plan.daemons, 1):
            if plan.pidfile:
                self._begin_smart(_Smart(plan))
            else:
                self._begin_plain(plan, f'daemon{number}')

    def _begin_plain(self, plan: Daemon, name: str) -> None:
        beside = Beside(
            name,
            command=lambda output: _start(plan, output),
            stop_signal=plan.stop_signal,
            pause_max=plan.throttle_max or PAUSE_MAX_S,
        )
        if plan.is_control:
            beside.on_end = lambda code: self._control_ended(name, code)
        self._plain.append((plan, beside))
        self._keeper.add(beside)
        for path in plan.touch:
            self._keeper.touched.watch(path, lambda: self._restart(beside))

    def _control_ended(self, name: str, code: int) -> None:
        if not self._keeper.is_ending:
            report.log(
                f'{name} has ended with code {code}, and the server ends with it (--attach-control-daemon)', 'warning'
            )
            self._keeper.say('stop')

    def _restart(self, beside: Beside) -> None:
        pid = beside.pid
        beside.ask_to_end()
        self._keeper.clock.after(STOP_S, lambda: beside.kill() if beside.pid == pid != 0 else None)

    def _begin_smart(self, smart: _Smart) -> None:
        self._smart.append(smart)
        self._look(smart)
        self._keeper.clock.every(smart.plan.frequency, lambda: self._look(smart))
        for path in smart.plan.touch:
            self._keeper.touched.watch(path, lambda: self._restart_smart(smart))

    def _look(self, smart: _Smart) -> None:
        if smart.pid() or (smart.starter is not None and smart.starter.pid) or self._keeper.is_ending:
            return
        plan = smart.plan
        starter = Beside(
            f'daemon of {plan.pidfile}',
            command=lambda output: _start(plan, output, detaches=plan.daemonizes),
            restarts=False,
            ends_with_us=False,
        )
        smart.starter = starter
        smart.spawns += 1
        self._keeper.start(starter)

    def _restart_smart(self, smart: _Smart) -> None:
        pid = smart.pid()
        if pid:
            commands.send_signal(pid, smart.plan.stop_signal or signal.SIGTERM)
            self._keeper.clock.after(STOP_S, lambda: self._look(smart))

    def describe(self) -> list[dict[str, object]]:
        plain = [
            {'cmd': plan.command, 'pid': beside.pid, 'respawns': max(0, beside.respawns)}
            for plan, beside in self._plain
        ]
        smart = [
            {'cmd': smart.plan.command, 'pid': smart.pid(), 'respawns': max(0, smart.spawns - 1)}
            for smart in self._smart
        ]
        return [*plain, *smart]


def _start(plan: Daemon, output: int, detaches: bool = False) -> int:
    return commands.start_command(
        plan.command, output, folder=plan.chdir, user=plan.user, group=plan.group, detaches=detaches
    )
