"""What the hooks of uWSGI have of the zygote, which calls them."""

from __future__ import annotations

from typing import Any, Callable, Protocol

from .child import Child
from .control import Message
from .import_calls import ImportCalls
from .settings import Settings
from .signals import OfImport


class Surroundings(Protocol):
    settings: Settings | None
    calls: ImportCalls | None
    signals: OfImport | None
    children: dict[int, Child]

    def say(self, kind: str, **values: Any) -> None:
        """To the supervisor."""

    def watch(self, descriptor: int, act: Callable[[], None]) -> None:
        """`act` is called when there is something to read."""

    def unwatch(self, descriptor: int) -> None: ...

    def tell_worker(self, worker: int, message: Message) -> None: ...

    def let_go(self, log: int, zygote: int) -> None:
        """In a process that was forked: gives up what is the zygote's."""
