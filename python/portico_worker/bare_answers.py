"""With --reload: the traceback behind a framework's bare "500 Internal Server Error".

Most frameworks catch what a view raises, and answer with a page that says nothing, for visitors. A developer wants the traceback. So each
application is wrapped: answers with status 500 are held back until it is seen what they are. One that is a framework's own, word for word,
is replaced by the exception that led to it; any other is the application's, or the debug page of its framework, and is left as it is.

The exception is learnt from whoever tells it first: the application that raises it after the answer (Starlette), the frame that handles it while the
answer is sent, the signal of the framework (Flask, Quart, Django), the log, the error stream of WSGI (Bottle, Falcon).
"""

from __future__ import annotations

import logging
import re
import sys
from collections.abc import Awaitable, Iterable, Iterator
from contextvars import ContextVar
from typing import Any, Callable

from . import report
from .failures import Answered

HELD_BYTES_MAX = 4096
"""Bytes of an answer that are held back; what is longer is no bare answer."""

BARE = tuple(
    re.compile(pattern, re.DOTALL)
    for pattern in (
        rb'Internal Server Error\s*',  # Starlette, FastAPI
        rb'<!doctype html>\s*<html lang=en>\s*<title>500 Internal Server Error</title>\s*'
        rb'<h1>Internal Server Error</h1>\s*<p>The server encountered an internal error[^<]*</p>\s*',  # Flask, Quart
        rb'\s*<!doctype html>\s*<html lang="en">\s*<head>\s*<title>Server Error \(500\)</title>\s*</head>\s*<body>\s*'
        rb'<h1>Server Error \(500\)</h1>\s*<p></p>\s*</body>\s*</html>\s*',  # Django without DEBUG
        rb'\{"status_code":500,"detail":"Internal Server Error"\}',  # Litestar
        rb'\{"title": "500 Internal Server Error"\}',  # Falcon, by Accept
        rb'<\?xml version="1\.0" encoding="UTF-8"\?><error><title>500 Internal Server Error</title></error>',
        rb'',
        rb'\s*<!DOCTYPE HTML PUBLIC "-//IETF//DTD HTML 2.0//EN">\s*<html>\s*<head>\s*<title>Error: 500 Internal Server Error'
        rb'</title>.*</html>\s*',  # Bottle
    )
)
"""What frameworks answer by themselves where an exception was not handled."""


class Noted:
    """The exception of one request."""

    __slots__ = ('error', 'is_logged', 'is_over')

    def __init__(self) -> None:
        self.error: BaseException | None = None
        self.is_logged = False
        self.is_over = False

    def note(self, error: BaseException | None, is_logged: bool = False) -> None:
        if error is not None and not self.is_over:
            self.is_logged = is_logged or (self.is_logged and error is self.error)
            self.error = error

    def end(self) -> None:
        """Tasks that the request has started may live on, with its context: they are to keep no exception, nor what its frames hold."""
        self.error, self.is_over = None, True


_noted: ContextVar[Noted | None] = ContextVar('portico_noted', default=None)


def is_bare(body: bytes) -> bool:
    return any(pattern.fullmatch(body) for pattern in BARE)


def _is_failure(status: object) -> bool:
    return str(status).startswith('500')


def watch(application: Any, interface: str) -> Any:
    """The application with its bare answers replaced."""
    _listen_to_log()
    _listen_to_frameworks()
    return _WatchedAsgi(application) if interface == 'asgi' else _WatchedWsgi(application)


def _listen_to_log() -> None:
    make = logging.getLogRecordFactory()

    def make_record(*args: Any, **kwargs: Any) -> logging.LogRecord:
        record = make(*args, **kwargs)
        noted = _noted.get()
        if noted is not None and record.levelno >= logging.ERROR and record.exc_info:
            # Django has a handler that only sends mail.
            noted.note(record.exc_info[1], not record.name.startswith('django'))
        return record

    logging.setLogRecordFactory(make_record)


def _listen_to_frameworks() -> None:
    for name in ('flask.signals', 'quart.signals', 'django.core.signals'):
        signal = getattr(sys.modules.get(name), 'got_request_exception', None)
        try:
            if signal is not None:
                signal.connect(_on_signal, weak=False)
        except Exception as error:  # Flask of old without blinker.
            report.log(f'{name} tells of no exceptions: {report.summary(error)}')


def _on_signal(*_: Any, exception: BaseException | None = None, **__: Any) -> None:
    noted = _noted.get()
    if noted is not None:
        noted.note(exception or sys.exc_info()[1])


class _ErrorStream:
    """wsgi.errors: a framework that writes there while it handles an exception tells of it."""

    def __init__(self, stream: Any, noted: Noted) -> None:
        self._stream = stream
        self._noted = noted

    def write(self, text: str) -> Any:
        self._noted.note(sys.exc_info()[1], is_logged=True)
        return self._stream.write(text)

    def writelines(self, lines: Iterable[str]) -> None:
        for line in lines:
            self.write(line)

    def __getattr__(self, name: str) -> Any:
        return getattr(self._stream, name)


class _WatchedWsgi:
    def __init__(self, application: Any) -> None:
        self._application = application

    def __call__(self, environ: dict[str, Any], start_response: Any) -> Any:
        noted = Noted()
        token = _noted.set(noted)
        held = _HeldStart(start_response, noted)
        environ['wsgi.errors'] = _ErrorStream(environ['wsgi.errors'], noted)
        try:
            result = self._application(environ, held.start)
        finally:
            _noted.reset(token)
        if held.has_passed:
            return result
        return _HeldBody(result, held, noted)


class _HeldStart:
    """The start_response of a response whose status is not known yet, or is 500."""

    def __init__(self, start_response: Any, noted: Noted) -> None:
        self._start_response = start_response
        self._noted = noted
        self._arguments: tuple[Any, ...] = ()
        self._write: Any = None
        self.has_passed = False
        """The head is with the server."""

    @property
    def is_held(self) -> bool:
        return bool(self._arguments)

    def start(self, status: str, headers: list[tuple[str, str]], exc_info: Any = None) -> Callable[[bytes], Any]:
        if self.has_passed or not _is_failure(status) or (self._arguments and exc_info is None):
            self.pass_on()
            self.has_passed, self._arguments = True, ()
            write: Callable[[bytes], Any] = self._start_response(status, headers, *([exc_info] if exc_info else []))
            return write
        self._noted.note(exc_info[1] if exc_info else sys.exc_info()[1], self._noted.is_logged)
        self._arguments = (status, headers)
        return self.write

    def write(self, data: bytes) -> None:
        self.pass_on()
        self._write(data)

    def pass_on(self) -> None:
        if self._arguments:
            status, headers = self._arguments
            self.has_passed, self._arguments = True, ()
            self._write = self._start_response(status, headers)


class _HeldBody:
    """What the application has returned, before it is known whether it is a bare answer."""

    def __init__(self, result: Any, held: _HeldStart, noted: Noted) -> None:
        self._result = [result] if isinstance(result, bytes) else result
        self._held = held
        self._noted = noted
        self.close = getattr(result, 'close', _nothing)

    def __iter__(self) -> Iterator[bytes]:
        token = _noted.set(self._noted)
        try:
            kept: list[bytes] = []
            size = 0
            for block in self._result:
                if self._held.is_held and isinstance(block, bytes) and size + len(block) <= HELD_BYTES_MAX:
                    kept.append(block)
                    size += len(block)
                    continue
                if self._held.is_held:
                    self._held.pass_on()
                    yield b''.join(kept)
                yield block
            if self._held.is_held:
                if self._noted.error is not None and is_bare(b''.join(kept)):
                    raise Answered(self._noted.error, self._noted.is_logged) from None
                self._held.pass_on()
                yield b''.join(kept)
        finally:
            try:
                _noted.reset(token)
            except ValueError:
                pass  # The generator was closed in another context.


def _nothing() -> None:
    return None


Send = Callable[[dict[str, Any]], Awaitable[None]]


class _WatchedAsgi:
    def __init__(self, application: Any) -> None:
        self._application = application

    async def __call__(self, scope: dict[str, Any], receive: Any, send: Send) -> None:
        if scope['type'] != 'http':
            await self._application(scope, receive, send)
            return
        noted = Noted()
        held = _HeldMessages(send, noted)
        token = _noted.set(noted)
        try:
            await self._application(scope, receive, held.send)
        except BaseException:
            # The exception itself tells more than the answer that was sent before it.
            if not held.is_bare:
                await held.pass_on()
            noted.end()
            raise
        finally:
            _noted.reset(token)
        error = noted.error
        noted.end()
        if held.is_bare and error is not None:
            raise Answered(error, noted.is_logged) from None
        await held.pass_on()


class _HeldMessages:
    def __init__(self, send: Send, noted: Noted) -> None:
        self._send = send
        self._noted = noted
        self._messages: list[dict[str, Any]] = []
        self._size = 0
        self.is_bare = False
        """The whole answer is held, and is a framework's own."""

    async def send(self, message: dict[str, Any]) -> None:
        kind = message.get('type')
        if kind == 'http.response.start' and message.get('status') == 500 and not self._messages:
            self._noted.note(sys.exc_info()[1], self._noted.is_logged)
            self._messages.append(message)
        elif not self._messages:
            await self._send(message)
        else:
            await self._keep(message)

    async def _keep(self, message: dict[str, Any]) -> None:
        self._messages.append(message)
        self._size += len(message.get('body') or b'')
        is_body = message.get('type') == 'http.response.body'
        if is_body and not message.get('more_body') and self._size <= HELD_BYTES_MAX:
            body = b''.join(each.get('body') or b'' for each in self._messages)
            self.is_bare = is_bare(body)
        if not is_body or self._size > HELD_BYTES_MAX or (not message.get('more_body') and not self.is_bare):
            await self.pass_on()

    async def pass_on(self) -> None:
        messages, self._messages, self.is_bare = self._messages, [], False
        for message in messages:
            await self._send(message)
