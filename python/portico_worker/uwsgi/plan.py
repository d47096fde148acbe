"""What the server was asked for, as the `start` message has it (src/config/model/uwsgi-app.ts), with types."""

from __future__ import annotations

from typing import Any, NamedTuple

from . import cache
from .cron import When


class Farm(NamedTuple):
    name: str
    mules: tuple[int, ...]


class Spooler(NamedTuple):
    folders: tuple[str, ...]
    """Those that processes of ours look into."""
    named: tuple[str, ...]
    """All, those of other servers among them."""
    processes: int
    frequency: int
    tasks_max: int
    harakiri: int
    is_ordered: bool
    is_quiet: bool
    chdir: str


class Cron(NamedTuple):
    when: When
    command: str
    is_unique: bool
    harakiri: int


class Daemon(NamedTuple):
    command: str
    pidfile: str
    frequency: int
    daemonizes: bool
    is_control: bool
    stop_signal: int
    reload_signal: int
    touch: tuple[str, ...]
    chdir: str
    throttle_max: int
    user: str
    group: str


class Hook(NamedTuple):
    phase: str
    action: str
    path: str


class Plan(NamedTuple):
    options: tuple[tuple[str, str | bool], ...]
    mules: tuple[str, ...]
    farms: tuple[Farm, ...]
    message_bytes: int
    mule_harakiri: int
    spooler: Spooler
    caches: tuple[cache.Plan, ...]
    locks: int
    areas: tuple[int, ...]
    crons: tuple[Cron, ...]
    timers: tuple[tuple[int, int], ...]
    """Signal, seconds."""
    file_signals: tuple[tuple[int, str], ...]
    daemons: tuple[Daemon, ...]
    imports: tuple[tuple[str, str], ...]
    """Where, module."""
    hooks: tuple[Hook, ...]

    @property
    def needs_keeper(self) -> bool:
        return bool(
            self.mules
            or self.spooler.folders
            or self.crons
            or self.timers
            or self.file_signals
            or self.daemons
            or any(hook.phase == 'touch' for hook in self.hooks)
        )

    def actions(self, phase: str) -> list[str]:
        return [hook.action for hook in self.hooks if hook.phase == phase]

    def modules(self, *where: str) -> list[str]:
        return [module for place, module in self.imports if place in where]


def read_plan(message: dict[str, Any]) -> Plan:
    return Plan(
        options=tuple((name, value) for name, value in message['options']),
        mules=tuple(message['mules']),
        farms=tuple(Farm(farm['name'], tuple(farm['mules'])) for farm in message['farms']),
        message_bytes=message['muleMessageBytes'],
        mule_harakiri=message['muleHarakiri'],
        spooler=_spooler(message['spooler']),
        caches=tuple(_cache(item) for item in message['caches']),
        locks=message['locks'],
        areas=tuple(message['sharedAreas']),
        crons=tuple(_cron(item) for item in message['crons']),
        timers=tuple((item['signal'], item['seconds']) for item in message['timers']),
        file_signals=tuple((item['signal'], item['path']) for item in message['fileSignals']),
        daemons=tuple(_daemon(item) for item in message['daemons']),
        imports=tuple((item['where'], item['module']) for item in message['imports']),
        hooks=tuple(Hook(item['phase'], item['action'], item['path']) for item in message['hooks']),
    )


def _spooler(item: dict[str, Any]) -> Spooler:
    return Spooler(
        folders=tuple(folder['path'] for folder in item['folders'] if not folder['isExternal']),
        named=tuple(folder['path'] for folder in item['folders']),
        processes=item['processes'],
        frequency=item['frequency'],
        tasks_max=item['tasksMax'],
        harakiri=item['harakiri'],
        is_ordered=item['isOrdered'],
        is_quiet=item['isQuiet'],
        chdir=item['chdir'],
    )


def _cache(item: dict[str, Any]) -> cache.Plan:
    return cache.Plan(
        name=item['name'],
        items=item['items'],
        blocks=item['blocks'],
        block_bytes=item['blockBytes'],
        key_bytes=item['keyBytes'],
        hash_size=item['hashSize'],
        has_bitmap=item['hasBitmap'],
        purges_lru=item['purgesLru'],
        clears_on_full=item['clearsOnFull'],
        ignores_full=item['ignoresFull'],
        expires=item['expires'],
        math_initial=item['mathInitial'],
    )


def _cron(item: dict[str, Any]) -> Cron:
    when = When(item['minute'], item['hour'], item['day'], item['month'], item['week'])
    return Cron(when, item['command'], item['isUnique'], item['harakiri'])


def _daemon(item: dict[str, Any]) -> Daemon:
    return Daemon(
        command=item['command'],
        pidfile=item['pidfile'],
        frequency=item['frequency'],
        daemonizes=item['daemonizes'],
        is_control=item['isControl'],
        stop_signal=item['stopSignal'],
        reload_signal=item['reloadSignal'],
        touch=tuple(item['touch']),
        chdir=item['chdir'],
        throttle_max=item['throttleMax'],
        user=item['user'],
        group=item['group'],
    )
