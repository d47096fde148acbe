"""Bare answers of 500 are replaced by the exception that led to them; nothing else is touched."""

from __future__ import annotations

import asyncio
import io
import logging
import sys
from typing import Any, Callable

import pytest

from portico_worker import bare_answers
from portico_worker.failures import Answered

BARE = b'Internal Server Error'


@pytest.fixture(autouse=True)
def record_factory() -> Any:
    before = logging.getLogRecordFactory()
    yield
    logging.setLogRecordFactory(before)


def wsgi(application: Callable[..., Any]) -> tuple[str, bytes]:
    """Status and body of an answer."""
    said: list[str] = []
    written: list[bytes] = []

    def start(status: str, headers: Any, exc_info: Any = None) -> Any:
        said.append(status)
        return written.append

    result = bare_answers.watch(application, 'wsgi')({'wsgi.errors': io.StringIO()}, start)
    body = b''.join(result)
    result_close = getattr(result, 'close', None)
    if result_close:
        result_close()
    return said[-1], b''.join(written) + body


def failing(tell: Callable[[dict[str, Any]], None], body: Any, status: str = '500 Oops') -> Callable[..., Any]:
    def application(environ: dict[str, Any], start: Any) -> Any:
        try:
            raise KeyError('wanted')
        except KeyError:
            tell(environ)
        start(status, [])
        return body

    return application


def log(environ: dict[str, Any]) -> None:
    logging.getLogger('x').exception('it failed')


def say_nothing(environ: dict[str, Any]) -> None:
    pass


def write(environ: dict[str, Any]) -> None:
    environ['wsgi.errors'].write('it failed')


@pytest.mark.parametrize('tell', [log, write])
@pytest.mark.parametrize('body', [[BARE], [b'Internal ', b'Server Error'], (part for part in [BARE]), BARE])
def test_a_bare_answer_is_replaced_by_what_led_to_it(tell: Any, body: Any) -> None:
    if not isinstance(body, (list, bytes)):
        body = iter([BARE])
    with pytest.raises(Answered) as caught:
        wsgi(failing(tell, body))
    assert isinstance(caught.value.error, KeyError)
    assert caught.value.is_logged


@pytest.mark.parametrize(
    ('tell', 'body', 'status'),
    [
        (log, [b'somebody has written this'], '500 Oops'),
        (log, [BARE], '200 OK'),
        (say_nothing, [BARE], '500 Oops'),
        (log, [BARE, b'x' * 5000, b'end'], '500 Oops'),
    ],
)
def test_any_other_answer_is_what_it_was(tell: Any, body: list[bytes], status: str) -> None:
    assert wsgi(failing(tell, body, status)) == (status, b''.join(body))


def test_the_start_of_a_generator_is_watched_too_and_write_still_writes() -> None:
    def generating(environ: dict[str, Any], start: Any) -> Any:
        yield from failing(log, [BARE])(environ, start)

    def writing(environ: dict[str, Any], start: Any) -> Any:
        start('500 Oops', [])(b'written ')
        return [b'more']

    with pytest.raises(Answered):
        wsgi(generating)
    assert wsgi(writing) == ('500 Oops', b'written more')


def test_a_second_start_with_exc_info_takes_the_place_of_the_first() -> None:
    def application(environ: dict[str, Any], start: Any) -> Any:
        start('500 First', [])
        try:
            raise KeyError('wanted')
        except KeyError:
            start('500 Second', [], sys.exc_info())
        return [b'somebody has written this']

    assert wsgi(application) == ('500 Second', b'somebody has written this')


def asgi(application: Callable[..., Any]) -> list[dict[str, Any]]:
    sent: list[dict[str, Any]] = []

    async def send(message: dict[str, Any]) -> None:
        sent.append(message)

    async def run() -> None:
        await bare_answers.watch(application, 'asgi')({'type': 'http'}, None, send)

    try:
        asyncio.run(run())
    except KeyError:
        sent.append({'raised': True})
    return sent


def answering(body: bytes, status: int = 500, raises: bool = False, logs: bool = False) -> Callable[..., Any]:
    async def application(scope: Any, receive: Any, send: Any) -> None:
        try:
            raise KeyError('wanted')
        except KeyError:
            if logs:
                logging.getLogger('x').exception('it failed')
            if raises:
                await send({'type': 'http.response.start', 'status': status})
                await send({'type': 'http.response.body', 'body': body})
                raise
        await send({'type': 'http.response.start', 'status': status})
        await send({'type': 'http.response.body', 'body': body[:5], 'more_body': True})
        await send({'type': 'http.response.body', 'body': body[5:]})

    return application


def bodies(sent: list[dict[str, Any]]) -> bytes:
    return b''.join(message.get('body', b'') for message in sent)


def test_asgi_a_bare_answer_is_replaced_by_what_is_raised_after_it_or_was_logged() -> None:
    assert asgi(answering(BARE, raises=True)) == [{'raised': True}]
    with pytest.raises(Answered):
        asgi(answering(BARE, logs=True))


def test_asgi_any_other_answer_is_what_it_was() -> None:
    assert bodies(asgi(answering(BARE))) == BARE
    assert bodies(asgi(answering(BARE, 200, logs=True))) == BARE
    assert bodies(asgi(answering(b'written', logs=True))) == b'written'
    assert bodies(asgi(answering(b'x' * 9000, logs=True))) == b'x' * 9000
    assert bodies(asgi(answering(b'a debug page', raises=True))) == b'a debug page'


def test_a_task_that_outlives_its_request_keeps_no_exception() -> None:
    async def run() -> tuple[Any, BaseException | None]:
        goes_on = asyncio.Event()
        tasks = []

        async def live_on() -> bare_answers.Noted | None:
            await goes_on.wait()
            log({})
            try:
                raise ValueError('later')
            except ValueError:
                log({})
            return bare_answers._noted.get()

        async def application(scope: Any, receive: Any, send: Any) -> None:
            tasks.append(asyncio.ensure_future(live_on()))
            await asyncio.sleep(0)
            try:
                raise KeyError('wanted')
            except KeyError:
                log({})
            await send({'type': 'http.response.start', 'status': 500, 'headers': []})
            await send({'type': 'http.response.body', 'body': BARE})

        async def send(message: dict[str, Any]) -> None:
            raise AssertionError(message)

        told: BaseException | None = None
        try:
            await bare_answers.watch(application, 'asgi')({'type': 'http'}, None, send)
        except Answered as error:
            told = error
        goes_on.set()
        return await tasks[0], told

    noted, told = asyncio.run(run())
    assert isinstance(told, Answered)
    assert noted is not None
    assert noted.error is None
