"""The application that is called in the place of a WSGI application whose requests are watched."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from portico_worker.wsgi.conversation import BEGUN, Conversation
from portico_worker.wsgi.filewrapper import FileWrapper

from .exchange import Exchange, Watch


class WatchedWsgi:
    def __init__(self, watch: Watch, application: Any) -> None:
        self.watch = watch
        self.application = application

    def __call__(self, environ: dict[str, Any], start_response: Any) -> Any:
        exchange = Exchange(self.watch, environ)
        start = Start(exchange, start_response)
        try:
            exchange.begin()
            result = self.application(environ, start)
        except BaseException:
            exchange.resp.status = None
            exchange.log()
            exchange.end()
            raise
        return start.watch(result)


class Start:
    """start_response, and what becomes of the response."""

    __slots__ = ('conversation', 'exchange', 'result', 'start_response')

    def __init__(self, exchange: Exchange, start_response: Any) -> None:
        self.exchange = exchange
        self.start_response = start_response
        self.conversation: Conversation | None = getattr(start_response, '__self__', None)
        self.result: Any = None

    def __call__(self, status: str, headers: Any, exc_info: Any = None) -> Any:
        write = self.start_response(status, headers, exc_info) if exc_info else self.start_response(status, headers)
        self.exchange.resp.begin(status, headers)
        return write

    def watch(self, result: Any) -> Any:
        """The result, which is closed when the response has been sent (PEP 3333)."""
        self.result = result
        if type(result) is FileWrapper:
            return self._watch_file(result)
        return _Body(self, (result,) if isinstance(result, bytes) else result)

    def _watch_file(self, result: FileWrapper) -> FileWrapper:
        """The edge sends files, if they come in this type."""
        close = getattr(result, 'close', None)

        def closed() -> None:
            self.end(close)

        result.close = closed
        return result

    def end(self, close: Any) -> None:
        exchange, conversation = self.exchange, self.conversation
        if conversation is not None:
            exchange.resp.sent = conversation.sent
            exchange.resp.headers_sent = conversation.head == BEGUN
        exchange.log()
        try:
            if close is not None:
                close()
        finally:
            exchange.end()


class _Body:
    __slots__ = ('result', 'start')

    def __init__(self, start: Start, result: Any) -> None:
        self.start = start
        self.result = result

    def __iter__(self) -> Iterator[bytes]:
        if self.result is None or isinstance(self.result, str):
            raise TypeError(f'the application must return an iterable of bytes, not {type(self.result).__name__}')
        return iter(self.result)

    def __len__(self) -> int:
        return len(self.result)

    def close(self) -> None:
        self.start.end(getattr(self.result, 'close', None))
