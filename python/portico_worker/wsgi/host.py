"""The worker, as far as its units and its helper thread know it."""

from __future__ import annotations

import socket
from typing import Any, Protocol

from portico_worker.settings import Settings

from .environ import Environs


class Host(Protocol):
    pid: int
    settings: Settings
    status: socket.socket
    """The wire to the zygote."""
    application: Any
    environs: Environs
    board: memoryview
    is_stopping: bool

    def dial(self, edge: int, role: str, unit: int, stream: int = 0) -> socket.socket | None: ...

    def dial_until(self, edge: int, role: str, unit: int) -> socket.socket | None: ...

    def count(self, requests: int) -> None: ...

    def flush_streams(self) -> None: ...

    def unit_ended(self) -> None: ...

    def lost_edge(self) -> None: ...

    def hear_zygote(self) -> None: ...

    def leave_place(self, reason: str) -> None: ...
