"""The smallest ASGI application."""

BODY = b'Hello, World!'
HEADERS = [(b'content-type', b'text/plain'), (b'content-length', str(len(BODY)).encode())]
START = {'type': 'http.response.start', 'status': 200, 'headers': HEADERS}
END = {'type': 'http.response.body', 'body': BODY}


async def application(scope, receive, send):
    # Servers ask on start-up whether there is anything to start: there is not.
    if scope['type'] != 'http':
        raise NotImplementedError(scope['type'])
    await send(START)
    await send(END)
