"""A board of notes: JSON, files, streams, server-sent events and a WebSocket.

    portico serve app:app --workers 1

One worker, because the notes are in its memory.
"""

from __future__ import annotations

import asyncio
import hashlib
import os
from collections.abc import AsyncIterator
from contextlib import aclosing, asynccontextmanager
from pathlib import Path
from typing import Annotated

from fastapi import BackgroundTasks, FastAPI, Query, Request, UploadFile, WebSocket, WebSocketDisconnect
from fastapi.responses import FileResponse, JSONResponse, StreamingResponse
from fastapi.sse import EventSourceResponse, ServerSentEvent
from fastapi.staticfiles import StaticFiles

from board import Board, Note

FOLDER = Path(__file__).resolve().parent
BLOCK_BYTES = 64 * 1024


@asynccontextmanager
async def lifespan(_: FastAPI) -> AsyncIterator[dict[str, Board]]:
    """What it gives is the state of every request and WebSocket."""
    print('the board is opened', flush=True)
    yield {'board': Board()}
    print('the board is put away', flush=True)


app = FastAPI(title='Board', lifespan=lifespan)
app.mount('/static', StaticFiles(directory=FOLDER / 'static'))


@app.get('/')
async def about(request: Request) -> dict[str, object]:
    board: Board = request.state.board
    return {
        'notes': len(board.notes),
        'followers': len(board.followers),
        'loop': type(asyncio.get_running_loop()).__module__,
        'process': os.getpid(),
        'url': str(request.url),
        'client': request.client.host if request.client else None,
    }


@app.get('/notes')
async def notes(request: Request) -> list[Note]:
    return list(request.state.board.notes)


@app.post('/notes', status_code=201)
async def add_note(note: Note, request: Request, later: BackgroundTasks) -> Note:
    board: Board = request.state.board
    board.add(note)
    later.add_task(board.write_down, f'{note.author} wrote')
    return note


@app.get('/record')
async def record(request: Request) -> list[str]:
    return list(request.state.board.record)


@app.get('/notes/next')
async def next_notes(request: Request, count: Annotated[int, Query(ge=1, le=100)] = 1) -> StreamingResponse:
    """A line for each note as it is written."""
    return StreamingResponse(request.state.board.next_lines(count), media_type='text/plain')


@app.get('/events', response_class=EventSourceResponse)
async def events(request: Request) -> AsyncIterator[ServerSentEvent]:
    """Every note as it is written, for an EventSource of a browser."""
    async with aclosing(request.state.board.follow()) as followed:
        async for note in followed:
            yield ServerSentEvent(event='note', data=note.model_dump())


@app.post('/digest')
async def digest(file: UploadFile) -> dict[str, object]:
    """What a file is that is uploaded, as a form of HTML sends it."""
    sha256, size = hashlib.sha256(), 0
    while block := await file.read(BLOCK_BYTES):
        sha256.update(block)
        size += len(block)
    return {'name': file.filename, 'type': file.content_type, 'bytes': size, 'sha256': sha256.hexdigest()}


@app.post('/digest/stream')
async def digest_stream(request: Request) -> dict[str, object]:
    """The same of a bare body, of which no more than a part is in memory at a time."""
    sha256, size = hashlib.sha256(), 0
    async for block in request.stream():
        sha256.update(block)
        size += len(block)
    return {'bytes': size, 'sha256': sha256.hexdigest()}


@app.get('/source')
async def source() -> FileResponse:
    return FileResponse(FOLDER / 'board.py', media_type='text/x-python')


@app.websocket('/notes/{author}')
async def converse(socket: WebSocket, author: str) -> None:
    """Notes both ways, as JSON texts. "bye" ends it, with a code of ours."""
    board: Board = socket.state.board
    if author == 'nobody':
        await socket.send_denial_response(JSONResponse({'detail': 'who are you?'}, status_code=401))
        return
    await socket.accept(subprotocol='board' if 'board' in socket.scope['subprotocols'] else None)
    teller = asyncio.create_task(tell(socket, board))
    try:
        while (text := await socket.receive_text()) != 'bye':
            board.add(Note(author=author, text=text))
        await socket.close(4000, 'good bye')
    except WebSocketDisconnect as end:
        board.write_down(f'{author} left: {end.code} {end.reason}'.rstrip())
    finally:
        teller.cancel()


async def tell(socket: WebSocket, board: Board) -> None:
    async with aclosing(board.follow()) as followed:
        async for note in followed:
            await socket.send_text(note.model_dump_json())
