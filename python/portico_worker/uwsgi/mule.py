"""A mule: runs its program, or waits for signals and messages."""

from __future__ import annotations

import faulthandler
import json
import os
import runpy
import signal
import sys
from typing import Any, Callable, NoReturn

from portico_worker import report
from portico_worker.importing import evaluate, import_module

from .mule_calls import await_message
from .office import Office


def set_up(keeper: Office) -> None:
    """What mules and spoolers do first: they end by SIGTERM as Python programs do that are asked to exit, and tell the keeper by its box."""
    instance = keeper.instance
    instance.board.row = -1
    instance.worker_id = 0

    def leave(number: int, frame: object) -> NoReturn:
        # What interrupts the end of the interpreter would be told as a fault.
        signal.signal(signal.SIGTERM, lambda *_: None)
        raise SystemExit(0)

    signal.signal(signal.SIGTERM, leave)
    faulthandler.enable(file=report.descriptor(), all_threads=True)

    def send(message: dict[str, Any]) -> None:
        keeper.inbox.put(json.dumps(message).encode('utf-8'))

    instance.tell_by(send)


def run_mule(keeper: Office, number: int, program: str) -> None:
    instance, uwsgi = keeper.instance, keeper.uwsgi
    set_up(keeper)
    instance.mule_id = number
    os.environ['PORTICO_WORKER'] = f'mule{number}'
    if not program:
        keeper.load()
    for action in instance.plan.actions('as-mule'):
        keeper.run_action(action)
    uwsgi.call('post_fork_hook')
    if program:
        _run_program(program)
        return
    limit = instance.plan.mule_harakiri

    def run_signal(number: int) -> None:
        _limited(limit, uwsgi.run_signal, number)

    while True:
        message = await_message(instance, run_signal)
        if message is not None:
            _limited(limit, uwsgi.hear, message)


def _run_program(program: str) -> None:
    if program.endswith('.py'):
        folder = os.path.dirname(os.path.abspath(program))
        if folder not in sys.path:
            sys.path.insert(0, folder)
        runpy.run_path(program, run_name='__main__')
        return
    module, _, function = program.partition(':')
    found = import_module(module)
    if function:
        evaluate(found, function)()


def _limited(seconds: int, act: Callable[[Any], None], given: Any) -> None:
    """A mule that takes longer says where it is, and ends; it is started again."""
    if seconds:
        faulthandler.dump_traceback_later(seconds, exit=True, file=report.descriptor())
    try:
        act(given)
    finally:
        if seconds:
            faulthandler.cancel_dump_traceback_later()
