"""An application that behaves as its path says, well or badly: what clients see of it is judged by asgi-*.test.ts."""

from __future__ import annotations

import asyncio
import json
import os
import tempfile
from collections import defaultdict
from collections.abc import Awaitable, Callable
from typing import Any

Message = dict[str, Any]
Receive = Callable[[], Awaitable[Message]]
Send = Callable[[Message], Awaitable[None]]

EVENTS: dict[str, list[Any]] = defaultdict(list)
"""What was noted, by key."""
GATES: dict[str, asyncio.Event] = defaultdict(asyncio.Event)
"""A behaviour waits until the test opens the gate of its key."""

FILE_BYTES = b'0123456789' * 30_000
_FILE = tempfile.NamedTemporaryFile()  # noqa: SIM115 -- it lives as long as the process
_FILE.write(FILE_BYTES)
_FILE.flush()
FILE = _FILE.name
"""Written once: a request that wrote it again would cut it under others that send it."""
PLAIN = [(b'content-type', b'text/plain')]


def head(status: Any = 200, fields: Any = (), **more: Any) -> Message:
    return {'type': 'http.response.start', 'status': status, 'headers': [*PLAIN, *fields], **more}


def body(data: Any = b'', more: bool = False) -> Message:
    return {'type': 'http.response.body', 'body': data, 'more_body': more}


def sized(length: int) -> Message:
    return head(fields=[(b'content-length', b'%d' % length)])


TRAILER = {'type': 'http.response.trailers', 'headers': [(b'x-sum', b'42')]}

SCRIPTS: dict[str, list[Any]] = {
    # As the specification wants it.
    'whole': [head(), body(b'body')],
    'sized': [sized(4), body(b'body')],
    'parts': [head(), body(b'bo', True), body(b'', True), body(b'dy')],
    'sized_parts': [sized(4), body(b'bo', True), body(b'dy')],
    'ended_by_nothing': [head(), body(b'body', True), body()],
    'nothing': [head(), {'type': 'http.response.body'}],
    'no_headers': [{'type': 'http.response.start', 'status': 200}, body(b'body')],
    'no_content': [head(204), body()],
    'no_content_with_body': [head(204), body(b'body')],
    'no_content_in_parts': [head(204), body(b'bo', True), body(b'dy')],
    'reset': [head(205), body()],
    'reset_with_body': [head(205, [(b'content-length', b'4')]), body(b'body')],
    'reset_in_parts': [head(205), body(b'bo', True), body(b'dy')],
    'teapot': [head(418), body()],
    'gone': [head(410), body()],
    'not_modified': [head(304, [(b'content-length', b'4')]), body()],
    'unusual_status': [head(299), body(b'body')],
    'hop_fields': [
        head(fields=[(b'Transfer-Encoding', b'chunked'), (b'Connection', b'x'), (b'x', b'1')]),
        body(b'body'),
    ],
    'hints': [
        {'type': 'http.response.early_hint', 'links': [b'</a.css>; rel=preload', b'</b.js>; rel=preload']},
        {'type': 'http.response.early_hint', 'links': []},
        head(),
        body(b'body'),
    ],
    'trailers': [head(trailers=True), body(b'bo', True), body(b'dy'), TRAILER],
    'trailers_in_two': [
        head(trailers=True),
        body(b'body'),
        {**TRAILER, 'more_trailers': True},
        {**TRAILER, 'headers': [(b'x-end', b'1')]},
    ],
    'no_trailers_after_all': [head(trailers=True), body(b'body'), {'type': 'http.response.trailers', 'headers': []}],
    'more_after_end': [head(), body(b'body'), body(b'more'), head(500)],
    'raises_after_end': [head(), body(b'body'), RuntimeError('behind the response')],
    # A body that is too long is cut to its declared length.
    'too_much': [sized(4), body(b'body and more')],
    'too_much_in_parts': [sized(4), body(b'bod', True), body(b'y and more', True), body(b'and more')],
    # Faults before anything has left.
    'raises': [RuntimeError('at once')],
    'raises_after_start': [head(), RuntimeError('behind the head')],
    'exits': [SystemExit(3)],
    'interrupts': [KeyboardInterrupt()],
    'cancels': [asyncio.CancelledError()],
    'returns': [],
    'returns_after_start': [head()],
    'body_first': [body(b'body')],
    'starts_twice': [head(), head(), body(b'body')],
    'unknown_type': [head(), {'type': 'http.response.bogus'}],
    'websocket_type': [{'type': 'websocket.accept'}],
    'no_type': [{'status': 200}],
    'no_dict': ['http.response.start'],
    'no_status': [{'type': 'http.response.start'}],
    'status_text': [head('200'), body(b'body')],
    'status_small': [head(101), body(b'body')],
    'status_large': [head(1000), body(b'body')],
    'header_text': [head(fields=[('x', 'y')]), body(b'body')],
    'header_break': [head(fields=[(b'x', b'y\r\nz: 1')]), body(b'body')],
    'header_nul': [head(fields=[(b'x', b'y\0z\0001')]), body(b'body')],
    'header_name': [head(fields=[(b'x y', b'1')]), body(b'body')],
    'header_triple': [head(fields=[(b'x', b'y', b'z')]), body(b'body')],
    'two_lengths': [head(fields=[(b'content-length', b'4'), (b'content-length', b'4')]), body(b'body')],
    'bad_length': [head(fields=[(b'content-length', b'-4')]), body(b'body')],
    'too_little': [sized(10), body(b'body')],
    'body_text': [head(), body('body')],
    'trailers_unannounced': [head(), TRAILER],
    'no_file': [head(), {'type': 'http.response.pathsend', 'path': '/no/such/file'}],
    'a_folder': [head(), {'type': 'http.response.pathsend', 'path': '/'}],
    # Faults when a part has left.
    'raises_late': [head(), body(b'part', True), RuntimeError('behind a part')],
    'raises_late_in_length': [sized(10), body(b'part', True), RuntimeError('behind a part')],
    'returns_late': [head(), body(b'part', True)],
    'too_little_late': [sized(10), body(b'part', True), body(b'')],
    'body_text_late': [head(), body(b'part', True), body('text')],
    'starts_late': [head(), body(b'part', True), head(500), body(b'never')],
    'exits_late': [head(), body(b'part', True), SystemExit(3)],
    'no_trailers': [head(trailers=True), body(b'part')],
    'body_for_trailers': [head(trailers=True), body(b'part'), body(b'more')],
}


async def play(script: list[Any], send: Send) -> None:
    for step in script:
        if isinstance(step, BaseException):
            raise step
        await send(step)


async def answer(send: Send, data: bytes, status: int = 200) -> None:
    await send(head(status))
    await send(body(data))


async def hello(key: str, receive: Receive, send: Send) -> None:
    await answer(send, b'hello')


async def events(key: str, receive: Receive, send: Send) -> None:
    await answer(send, json.dumps(EVENTS[key]).encode())


async def open_gate(key: str, receive: Receive, send: Send) -> None:
    GATES[key].set()
    await answer(send, b'open')


async def echo(key: str, receive: Receive, send: Send) -> None:
    """Streams both ways: sends back what has come before it asks for more."""
    await send(head())
    more = True
    while more:
        message = await receive()
        if message['type'] == 'http.disconnect':
            EVENTS[key].append('disconnect')
            return
        more = message['more_body']
        await send(body(message['body'], more))


async def count(key: str, receive: Receive, send: Send) -> None:
    total, more = 0, True
    while more:
        message = await receive()
        if message['type'] == 'http.disconnect':
            EVENTS[key].append('disconnect')
            return
        total, more = total + len(message['body']), message['more_body']
    await answer(send, b'%d' % total)


async def gated(key: str, receive: Receive, send: Send) -> None:
    await send(head())
    await send(body(b'one', True))
    await GATES[key].wait()
    await send(body(b'two'))


async def reads_late(key: str, receive: Receive, send: Send) -> None:
    await GATES[key].wait()
    await count(key, receive, send)


async def begins_then_reads(key: str, receive: Receive, send: Send) -> None:
    """The body is asked for when the response has begun."""
    await send(head())
    await send(body(b'one', True))
    await send(body((await receive())['body']))


async def refuses_upload(key: str, receive: Receive, send: Send) -> None:
    await answer(send, b'no', 403)


async def answers_then_listens(key: str, receive: Receive, send: Send) -> None:
    await answer(send, b'answered')
    EVENTS[key].append((await receive())['type'])
    EVENTS[key].append((await receive())['type'])


async def waits_for_disconnect(key: str, receive: Receive, send: Send) -> None:
    EVENTS[key].append((await receive())['type'])
    EVENTS[key].append('waiting')
    EVENTS[key].append((await receive())['type'])
    EVENTS[key].append((await receive())['type'])
    await note_send(key, send, head())
    await note_send(key, send, body(b'late'))


async def note_send(key: str, send: Send, message: Message) -> None:
    try:
        await send(message)
        EVENTS[key].append('sent')
    except OSError:
        EVENTS[key].append('OSError')
        raise


async def sends_for_ever(key: str, receive: Receive, send: Send) -> None:
    await send(head())
    sent = 0
    try:
        while True:
            await send(body(b'x' * 65_536, True))
            sent += 1
            EVENTS[key][:] = [sent]
    except OSError:
        EVENTS[key].append('OSError')
        raise


async def hears_half_close(key: str, receive: Receive, send: Send) -> None:
    """The client closes its sending side alone. The application is told that it leaves, and what it sends still
    arrives."""
    await receive()
    await send(head())
    await send(body(b'one', True))
    EVENTS[key].append((await receive())['type'])
    await send(body(b'two'))


async def two_receive(key: str, receive: Receive, send: Send) -> None:
    """A message goes to one of two waiting receive() calls; the other hears of the end of the response."""
    first, second = (asyncio.ensure_future(receive()) for _ in range(2))
    done, rest = await asyncio.wait((first, second), return_when=asyncio.FIRST_COMPLETED)
    data = b''.join(task.result()['body'] for task in done)
    await answer(send, data)
    for task in rest:
        EVENTS[key].append((await task)['type'])


async def cancels_receive(key: str, receive: Receive, send: Send) -> None:
    """A receive() that is cancelled takes no message with it."""
    for _ in range(3):
        try:
            await asyncio.wait_for(receive(), 0.01)
        except asyncio.TimeoutError:
            EVENTS[key].append('timeout')
    await echo(key, receive, send)


async def mends(key: str, receive: Receive, send: Send) -> None:
    """An event that was refused can be sent again in another way."""
    for wrong in (head('200'), {'type': 'bogus'}, body(b'first'), head(fields=[(b'x', b'\n')])):
        try:
            await send(wrong)
        except (TypeError, ValueError, RuntimeError) as error:
            EVENTS[key].append(type(error).__name__)
    await answer(send, b'mended')


async def path(key: str, receive: Receive, send: Send) -> None:
    fields = [(b'content-length', b'%d' % len(FILE_BYTES))] if key == 'sized' else []
    await send(head(fields=fields))
    await send({'type': 'http.response.pathsend', 'path': FILE})


async def copy(key: str, receive: Receive, send: Send) -> None:
    """Parts of files between bytes."""
    with open(FILE, 'rb') as file:
        await send(head())
        await send(
            {'type': 'http.response.zerocopysend', 'file': file.fileno(), 'offset': 5, 'count': 10, 'more_body': True}
        )
        await send(body(b'|', True))
        file.seek(len(FILE_BYTES) - 3)
        await send({'type': 'http.response.zerocopysend', 'file': file})


async def goes_on(key: str, receive: Receive, send: Send) -> None:
    """The response does not wait for what the application does after it."""
    await answer(send, b'answered')
    await GATES[key].wait()
    EVENTS[key].append('went on')


async def leaves_task(key: str, receive: Receive, send: Send) -> None:
    """A task of the application's own sends the rest of the body."""

    async def finish() -> None:
        await GATES[key].wait()
        await send(body(b'two'))

    await send(head())
    await send(body(b'one', True))
    await asyncio.gather(finish())


BEHAVIOURS: dict[str, Callable[[str, Receive, Send], Awaitable[None]]] = {
    behaviour.__name__: behaviour
    for behaviour in (
        hello, events, open_gate, echo, count, gated, reads_late, begins_then_reads, refuses_upload, answers_then_listens, waits_for_disconnect,
        sends_for_ever, hears_half_close, two_receive, cancels_receive, mends, path, copy, goes_on, leaves_task,
    )
}  # fmt: skip


async def accept(receive: Receive, send: Send, **more: Any) -> None:
    assert (await receive())['type'] == 'websocket.connect'
    await send({'type': 'websocket.accept', **more})


async def ws_echo(key: str, receive: Receive, send: Send) -> None:
    await accept(receive, send)
    while True:
        message = await receive()
        if message['type'] == 'websocket.disconnect':
            EVENTS[key].append([message['code'], message.get('reason')])
            return
        await send({**message, 'type': 'websocket.send'})


async def ws_refuses(key: str, receive: Receive, send: Send) -> None:
    await receive()
    await send({'type': 'websocket.close', 'code': 4000, 'reason': 'nobody sees it'})
    EVENTS[key].append((await receive())['code'])


async def ws_denies(key: str, receive: Receive, send: Send) -> None:
    await receive()
    await send({'type': 'websocket.http.response.start', 'status': 401, 'headers': [(b'www-authenticate', b'Basic')]})
    await send({'type': 'websocket.http.response.body', 'body': b'who ', 'more_body': True})
    await send({'type': 'websocket.http.response.body', 'body': b'are you?'})


async def ws_denies_in_part(key: str, receive: Receive, send: Send) -> None:
    await receive()
    await send({'type': 'websocket.http.response.start', 'status': 401, 'headers': [(b'content-length', b'10')]})
    await send({'type': 'websocket.http.response.body', 'body': b'part', 'more_body': True})


async def ws_raises(key: str, receive: Receive, send: Send) -> None:
    raise RuntimeError('at the handshake')


async def ws_returns(key: str, receive: Receive, send: Send) -> None:
    await receive()


async def ws_sends_first(key: str, receive: Receive, send: Send) -> None:
    await send({'type': 'websocket.send', 'text': 'too early'})


async def ws_accepts_unasked(key: str, receive: Receive, send: Send) -> None:
    """Servers send websocket.connect at once: an application that does not receive it may accept all the same."""
    await send({'type': 'websocket.accept'})
    await send({'type': 'websocket.send', 'text': 'first'})
    EVENTS[key].append((await receive())['type'])


async def ws_chooses(key: str, receive: Receive, send: Send) -> None:
    await accept(receive, send, subprotocol=key or None, headers=[(b'x-kind', b'1'), (b'Connection', b'close')])
    await send({'type': 'websocket.close'})


async def ws_closes(key: str, receive: Receive, send: Send) -> None:
    await accept(receive, send)
    await send({'type': 'websocket.send', 'text': 'last'})
    await send({'type': 'websocket.close', 'code': int(key), 'reason': 'because'})


async def ws_ends(key: str, receive: Receive, send: Send) -> None:
    await accept(receive, send)


async def ws_fails(key: str, receive: Receive, send: Send) -> None:
    await accept(receive, send)
    await send({'type': 'websocket.send', 'bytes': b'last'})
    raise RuntimeError('in the middle')


async def ws_sends_both(key: str, receive: Receive, send: Send) -> None:
    await accept(receive, send)
    await send({'type': 'websocket.send', 'text': 'a', 'bytes': b'b'})


async def ws_accepts_twice(key: str, receive: Receive, send: Send) -> None:
    await accept(receive, send)
    await send({'type': 'websocket.accept'})


async def ws_denies_late(key: str, receive: Receive, send: Send) -> None:
    await accept(receive, send)
    await send({'type': 'websocket.http.response.start', 'status': 401})


async def ws_sends_after_close(key: str, receive: Receive, send: Send) -> None:
    await accept(receive, send)
    await send({'type': 'websocket.close', 'code': 4001})
    try:
        await send({'type': 'websocket.send', 'text': 'too late'})
    except (OSError, RuntimeError):
        EVENTS[key].append('refused')
    EVENTS[key].append((await receive())['type'])


async def ws_reads_late(key: str, receive: Receive, send: Send) -> None:
    await accept(receive, send)
    await GATES[key].wait()
    while (message := await receive())['type'] == 'websocket.receive':
        await send({'type': 'websocket.send', 'text': str(len(message.get('text') or message['bytes']))})
    EVENTS[key].append(message['code'])


async def ws_sends_for_ever(key: str, receive: Receive, send: Send) -> None:
    await accept(receive, send)
    sent = 0
    try:
        while True:
            await send({'type': 'websocket.send', 'bytes': os.urandom(65_536)})
            sent += 1
            EVENTS[key][:] = [sent]
    except OSError:
        EVENTS[key].append('OSError')
        raise


async def ws_reads_and_sends(key: str, receive: Receive, send: Send) -> None:
    """Two tasks, one for each direction."""

    async def ticks() -> None:
        for number in range(int(key)):
            await send({'type': 'websocket.send', 'text': f'tick {number}'})
            await asyncio.sleep(0)
        await send({'type': 'websocket.send', 'text': 'no more ticks'})

    async def echoes() -> None:
        while (message := await receive())['type'] == 'websocket.receive':
            await send({**message, 'type': 'websocket.send'})

    await accept(receive, send)
    await asyncio.gather(ticks(), echoes())


WEBSOCKETS: dict[str, Callable[[str, Receive, Send], Awaitable[None]]] = {
    behaviour.__name__: behaviour
    for behaviour in (
        ws_echo, ws_refuses, ws_denies, ws_denies_in_part, ws_raises, ws_returns, ws_sends_first, ws_accepts_unasked,
        ws_chooses, ws_closes, ws_ends, ws_fails, ws_sends_both, ws_accepts_twice, ws_denies_late, ws_sends_after_close,
        ws_reads_late, ws_sends_for_ever, ws_reads_and_sends,
    )
}  # fmt: skip


async def application(scope: dict[str, Any], receive: Receive, send: Send) -> None:
    if scope['type'] == 'lifespan':
        raise NotImplementedError
    name, key = scope['path'][1:], scope['query_string'].decode()
    if scope['type'] == 'websocket':
        await WEBSOCKETS[name](key, receive, send)
    elif name in SCRIPTS:
        await play(SCRIPTS[name], send)
    else:
        await BEHAVIOURS[name](key, receive, send)
