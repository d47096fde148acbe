"""bodies.py as a FastAPI application: responses that are bytes already, and a body that is read whole."""

from fastapi import FastAPI, Request
from fastapi.responses import PlainTextResponse

LINE = b'0123456789abcde\n'
PAGE = LINE * 640
LARGE_PAGE = LINE * 65536

app = FastAPI()


@app.get('/')
async def get_page() -> PlainTextResponse:
    return PlainTextResponse(PAGE)


@app.get('/1m')
async def get_large_page() -> PlainTextResponse:
    return PlainTextResponse(LARGE_PAGE)


@app.post('/')
async def count_bytes(request: Request) -> PlainTextResponse:
    return PlainTextResponse(b'%d\n' % len(await request.body()))
