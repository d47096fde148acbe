"""`uwsgi.mule_msg` and its kin: messages to mules, and what a mule waits for."""

from __future__ import annotations

import select
from typing import Any, Callable

from portico_worker import report

from .instance import Instance, Queue
from .texts import Octets, octets

FULL = 'a message to a mule was refused: its queue is full, or the message longer than what --mule-msg-size names'


def mule_calls(instance: Instance, run_signal: Callable[[int], None]) -> dict[str, Callable[..., Any]]:
    """`run_signal` runs the handler of a signal here."""
    calls = _Calls(instance, run_signal)
    return {
        'mule_msg': calls.mule_msg,
        'farm_msg': calls.farm_msg,
        'mule_get_msg': calls.mule_get_msg,
        'farm_get_msg': calls.farm_get_msg,
        'in_farm': calls.in_farm,
        'mule_id': lambda: instance.mule_id,
        'mule_msg_recv_size': lambda: instance.plan.message_bytes,
    }


class _Calls:
    def __init__(self, instance: Instance, run_signal: Callable[[int], None]) -> None:
        self._instance = instance
        self._run_signal = run_signal

    def _put(self, queue: Queue, message: Octets) -> bool:
        data = octets(message)
        is_taken = len(data) <= self._instance.plan.message_bytes and queue.put(data)
        if not is_taken:
            report.log(FULL, 'warning')
        return is_taken

    def mule_msg(self, message: Octets, target: int | str | bytes | None = None, /) -> bool:
        mules = self._instance.mules
        if not mules:
            raise ValueError('no mule configured')
        if target is None or target == 0:
            return self._put(self._instance.any_mule, message)
        if isinstance(target, (str, bytes)):
            queue = self._instance.farms.get(octets(target).decode('utf-8', 'replace'))
            if queue is None:
                raise ValueError('unknown farm')
            return self._put(queue, message)
        if not isinstance(target, int):
            raise ValueError('invalid mule')
        if not 0 < target <= len(mules):
            return False
        return self._put(mules[target - 1], message)

    def farm_msg(self, farm: Octets, message: Octets, /) -> None:
        """A farm that there is not is no error, as with uWSGI."""
        queue = self._instance.farms.get(octets(farm).decode('utf-8', 'replace'))
        if queue is not None:
            self._put(queue, message)

    def mule_get_msg(
        self, signals: Any = True, farms: Any = True, buffer_size: int = 65_536, timeout: int = -1
    ) -> bytes | None:
        if not self._instance.mule_id:
            raise ValueError('you can receive mule messages only in a mule !!!')
        return await_message(self._instance, self._run_signal, bool(signals), bool(farms), buffer_size, timeout)

    def farm_get_msg(self) -> bytes | None:
        if not self._instance.mule_id:
            raise ValueError('you can receive farm messages only in a mule !!!')
        return _await_first(_farms_of(self._instance), self._instance.plan.message_bytes)

    def in_farm(self, farm: Octets | None = None, /) -> bool | None:
        names = [found.name for found in self._instance.plan.farms if self._instance.mule_id in found.mules]
        return (bool(names) if farm is None else octets(farm).decode('utf-8', 'replace') in names) or None


def await_message(
    instance: Instance,
    run_signal: Callable[[int], None],
    heeds_signals: bool = True,
    heeds_farms: bool = True,
    size: int = 65_536,
    timeout: float = -1,
) -> bytes | None:
    """What comes next for this mule. A signal is handled, and None then, as after `timeout` seconds."""
    signals = instance.mule_signals[instance.mule_id - 1]
    queues = [instance.mules[instance.mule_id - 1], instance.any_mule, *(_farms_of(instance) if heeds_farms else ())]
    while True:
        ready = _ready([*queues, *([signals] if heeds_signals else ())], timeout)
        if not ready:
            return None
        for queue in ready:
            message = queue.take(size)
            if message is None:
                continue  # Another mule has been faster.
            if queue is not signals:
                return message
            run_signal(message[0])
            return None


def _farms_of(instance: Instance) -> list[Queue]:
    return [instance.farms[farm.name] for farm in instance.plan.farms if instance.mule_id in farm.mules]


def _await_first(queues: list[Queue], size: int) -> bytes | None:
    while queues:
        for queue in _ready(queues, -1):
            message = queue.take(size)
            if message is not None:
                return message
    return None


def _ready(queues: list[Queue], timeout: float) -> list[Queue]:
    poller = select.poll()
    by_descriptor = {queue.reader.fileno(): queue for queue in queues}
    for descriptor in by_descriptor:
        poller.register(descriptor, select.POLLIN)
    found = {descriptor for descriptor, _ in poller.poll(None if timeout < 0 else timeout * 1000)}
    return [queue for descriptor, queue in by_descriptor.items() if descriptor in found]
