"""A counter of votes: typed JSON, an event stream and a WebSocket.

portico serve app:app --workers 1
"""

from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import AsyncGenerator, AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass

from litestar import Litestar, WebSocket, get, post, websocket
from litestar.datastructures import State
from litestar.exceptions import WebSocketDisconnect
from litestar.response import ServerSentEvent, Stream


@dataclass
class Vote:
    choice: str
    weight: int = 1


class Votes:
    def __init__(self) -> None:
        self.counts: Counter[str] = Counter()
        self.changed = asyncio.Condition()
        self.closes: list[int] = []

    async def add(self, vote: Vote) -> None:
        async with self.changed:
            self.counts[vote.choice] += vote.weight
            self.changed.notify_all()

    async def follow(self, until: int) -> AsyncGenerator[str, None]:
        """The sum each time it changes, until it is reached."""
        told = self.counts.total()
        yield str(told)
        while told < until:
            async with self.changed:
                await self.changed.wait_for(lambda told=told: self.counts.total() != told)
                told = self.counts.total()
            yield str(told)


@asynccontextmanager
async def lifespan(app: Litestar) -> AsyncIterator[None]:
    app.state.votes = Votes()
    yield
    print('the votes are counted', flush=True)


@get('/')
async def counts(state: State) -> dict[str, int]:
    return dict(state.votes.counts)


@get('/closes')
async def closes(state: State) -> list[int]:
    return list(state.votes.closes)


@post('/votes')
async def vote(data: Vote, state: State) -> Vote:
    await state.votes.add(data)
    return data


@get('/sums')
async def sums(state: State, until: int) -> Stream:
    async def lines() -> AsyncGenerator[str, None]:
        async for total in state.votes.follow(until):
            yield f'{total}\n'

    return Stream(lines(), media_type='text/plain')


@get('/events')
async def events(state: State, until: int) -> ServerSentEvent:
    return ServerSentEvent(state.votes.follow(until), event_type='sum')


@websocket('/votes')
async def vote_often(socket: WebSocket, state: State) -> None:
    await socket.accept()
    try:
        while True:
            choice = await socket.receive_text()
            await state.votes.add(Vote(choice))
            await socket.send_json({'choice': choice, 'count': state.votes.counts[choice]})
    except WebSocketDisconnect as end:
        state.votes.closes.append(end.code)


app = Litestar([counts, closes, vote, sums, events, vote_often], lifespan=[lifespan], openapi_config=None)
