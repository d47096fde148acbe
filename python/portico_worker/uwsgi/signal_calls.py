"""`uwsgi.signal` and what raises signals by itself: timers, crons, files that change."""

from __future__ import annotations

import os
from typing import Any, Callable

from .instance import Instance
from .signal_table import check_number
from .texts import Octets, octets, path_text


def signal_calls(instance: Instance) -> dict[str, Callable[..., Any]]:
    table = instance.signals

    def tell(what: str, number: int, **values: Any) -> None:
        message = {'what': what, 'signal': check_number(number), **values}
        table.heed(message)
        instance.send(message)

    def register_signal(number: int, target: Octets, function: Callable[[int], Any], /) -> None:
        if not callable(function):
            raise ValueError('the handler of a signal is called with its number')
        text = octets(target).decode('utf-8', 'replace')
        table.register(check_number(number), text, function)
        instance.send({'what': 'register', 'signal': number, 'target': text})

    def signal(number: int = 0, remote: Octets | None = None, /) -> None:
        if remote is not None:
            raise ValueError(
                'signals of Portico reach the processes of this server. Send an HTTP request to the other one'
            )
        instance.send({'what': 'fire', 'signal': check_number(number)})

    def signal_registered(number: int, /) -> bool | None:
        return check_number(number) in table.handlers or None

    def add_timer(number: int, seconds: float, times: int = 0, /) -> None:
        if seconds <= 0:
            raise ValueError('a timer needs a number of seconds above 0')
        tell('timer', number, seconds=float(seconds), times=int(times))

    def add_ms_timer(number: int, milliseconds: float, /) -> None:
        add_timer(number, milliseconds / 1000)

    def add_cron(number: int, minute: int, hour: int, day: int, month: int, week: int, /) -> None:
        tell('cron', number, when=[int(minute), int(hour), int(day), int(month), int(week)])

    def add_file_monitor(number: int, path: Octets, /) -> None:
        tell('file', number, path=os.path.abspath(path_text(path)))

    return {
        'register_signal': register_signal,
        'signal': signal,
        'signal_registered': signal_registered,
        'add_timer': add_timer,
        'add_ms_timer': add_ms_timer,
        'add_rb_timer': add_timer,
        'add_cron': add_cron,
        'add_file_monitor': add_file_monitor,
    }
