"""What the keeper is to its parts, and to the processes that are forked from it."""

from __future__ import annotations

import socket
from collections.abc import Iterable
from typing import Any, Callable, Protocol

from .clock import Clock
from .instance import Instance, Queue
from .module import Uwsgi
from .plan import Plan
from .signal_table import SignalTable
from .touched import Touched


class Office(Protocol):
    uwsgi: Uwsgi
    instance: Instance
    plan: Plan
    table: SignalTable
    load: Callable[[], None]
    """Loads the application, unless that was done."""
    zygote: socket.socket
    inbox: Queue
    """From processes of the keeper."""
    clock: Clock
    touched: Touched
    is_ending: bool

    def readers(self) -> Iterable[int]:
        """The ends of pipes from which output comes."""

    def say(self, what: str, **values: Any) -> None:
        """To the zygote."""

    def fire(self, number: int) -> None: ...

    def run_action(self, action: str) -> None: ...

    def add(self, beside: Any) -> None: ...

    def start(self, beside: Any) -> None: ...
