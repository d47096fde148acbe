"""A meeting place: a stream that ends when somebody else comes, and a WebSocket that repeats what it is told.

portico serve app:app --workers 1
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import TypedDict

from starlette.applications import Starlette
from starlette.endpoints import WebSocketEndpoint
from starlette.requests import Request
from starlette.responses import FileResponse, JSONResponse, Response, StreamingResponse
from starlette.routing import Route, WebSocketRoute
from starlette.types import Receive, Scope, Send
from starlette.websockets import WebSocket


class State(TypedDict):
    arrival: asyncio.Event
    closes: list[int]


@asynccontextmanager
async def lifespan(_: Starlette) -> AsyncIterator[State]:
    yield {'arrival': asyncio.Event(), 'closes': []}


async def home(request: Request) -> Response:
    return JSONResponse({'loop': type(asyncio.get_running_loop()).__module__, 'closes': request.state.closes})


async def wait(request: Request) -> Response:
    async def lines() -> AsyncIterator[str]:
        yield 'You are alone.\n'
        await request.state.arrival.wait()
        yield 'Somebody has come.\n'

    return StreamingResponse(lines(), media_type='text/plain')


async def come(request: Request) -> Response:
    request.state.arrival.set()
    return Response(status_code=204)


class RepeatBody:
    """Sends the body back while it comes: in ASGI's own words, because a StreamingResponse may receive as well."""

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        await send({'type': 'http.response.start', 'status': 200, 'headers': [(b'content-type', b'text/plain')]})
        async for part in Request(scope, receive).stream():
            await send({'type': 'http.response.body', 'body': part, 'more_body': True})
        await send({'type': 'http.response.body'})


async def source(_: Request) -> Response:
    return FileResponse(__file__, media_type='text/x-python')


class Repeat(WebSocketEndpoint):
    encoding = 'bytes'

    async def on_connect(self, websocket: WebSocket) -> None:
        await websocket.accept(headers=[(b'x-place', b'here')])

    async def on_receive(self, websocket: WebSocket, data: bytes) -> None:
        await websocket.send_bytes(data)

    async def on_disconnect(self, websocket: WebSocket, close_code: int) -> None:
        websocket.state.closes.append(close_code)


app = Starlette(
    lifespan=lifespan,
    routes=[
        Route('/', home),
        Route('/wait', wait),
        Route('/come', come, methods=['POST']),
        Route('/repeat', RepeatBody(), methods=['POST']),
        Route('/source', source),
        WebSocketRoute('/repeat', Repeat),
    ],
)
