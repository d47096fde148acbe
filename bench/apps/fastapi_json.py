"""A FastAPI application: one path operation, whose query is checked and whose answer is a pydantic model."""

import datetime

from fastapi import FastAPI
from pydantic import BaseModel

app = FastAPI()


class Article(BaseModel):
    number: int
    title: str
    summary: str | None = None
    published: datetime.datetime
    tags: list[str] = []
    is_open: bool = True


ARTICLE = {
    'title': 'An article & what it says',
    'summary': 'A sentence or two that make people want to read on.',
    'published': datetime.datetime(2025, 1, 1, tzinfo=datetime.timezone.utc),
    'tags': ['news', 'archive', 'front'],
}


@app.get('/')
async def read_article(number: int = 1) -> Article:
    return Article(number=number, **ARTICLE)
