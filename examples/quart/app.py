"""A telegraph office: forms, a page that is streamed, and a WebSocket.

portico serve app:app --workers 1
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator

from quart import Quart, abort, jsonify, render_template_string, request, stream_with_context, websocket

PAGE = '<!doctype html><title>Telegraph</title><h1>{{ count }} sent</h1>'
QUEUE_MAX = 100

app = Quart(__name__)
app.config['MAX_CONTENT_LENGTH'] = 1024 * 1024


@app.before_serving
async def open_office() -> None:
    app.wire = asyncio.Queue(QUEUE_MAX)
    app.sent = []
    app.closes = []


@app.after_serving
async def close_office() -> None:
    print(f'the office closes after {len(app.sent)} telegrams', flush=True)


@app.get('/')
async def home() -> str:
    return await render_template_string(PAGE, count=len(app.sent))


@app.post('/telegrams')
async def send():
    text = (await request.form).get('text', '')
    if not text:
        abort(400, 'nothing to send')
    if app.wire.full():
        abort(503)
    app.sent.append(text)
    app.wire.put_nowait(text)
    return jsonify(number=len(app.sent), text=text), 201


@app.get('/wire')
async def wire():
    """Telegrams as they are sent, to whoever asked first; STOP is the last."""

    @stream_with_context
    async def lines() -> AsyncIterator[bytes]:
        yield f'{request.method} {request.path}\n'.encode()
        while (text := await app.wire.get()) != 'STOP':
            yield f'{text}\n'.encode()

    return lines(), {'Content-Type': 'text/plain; charset=utf-8'}


@app.get('/closes')
async def closes():
    return jsonify(app.closes)


@app.websocket('/key')
async def key() -> None:
    """Morse's key: says each word again, in capitals."""
    try:
        while True:
            text = await websocket.receive()
            if text == 'STOP':
                await websocket.close(3001, 'stopped')
                return
            await websocket.send(text.upper())
    except asyncio.CancelledError:
        # So Quart tells that the client has gone.
        app.closes.append(websocket.args.get('name', ''))
        raise
