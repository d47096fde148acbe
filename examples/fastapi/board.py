"""What the board knows: notes, a record of what happened, and who is to be told of the next note."""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import AsyncIterator
from contextlib import aclosing

from pydantic import BaseModel, Field

NOTES_MAX = 1000
RECORD_MAX = 1000
BEHIND_MAX = 100
"""Notes that a follower may be behind; who reads more slowly misses some."""


class Note(BaseModel):
    author: str = Field(min_length=1, max_length=40)
    text: str = Field(min_length=1, max_length=2000)


class Board:
    def __init__(self) -> None:
        self.notes: deque[Note] = deque(maxlen=NOTES_MAX)
        self.record: deque[str] = deque(maxlen=RECORD_MAX)
        self.followers: set[asyncio.Queue[Note]] = set()

    def add(self, note: Note) -> None:
        self.notes.append(note)
        for follower in self.followers:
            if not follower.full():
                follower.put_nowait(note)

    def write_down(self, text: str) -> None:
        self.record.append(text)

    async def follow(self) -> AsyncIterator[Note]:
        """Notes as they are added, until nobody wants more."""
        follower: asyncio.Queue[Note] = asyncio.Queue(BEHIND_MAX)
        self.followers.add(follower)
        try:
            while True:
                yield await follower.get()
        finally:
            self.followers.discard(follower)

    async def next_lines(self, count: int) -> AsyncIterator[str]:
        yield f'The next {count}:\n'
        async with aclosing(self.follow()) as notes:
            async for note in notes:
                yield f'{note.author}: {note.text}\n'
                count -= 1
                if count <= 0:
                    return
