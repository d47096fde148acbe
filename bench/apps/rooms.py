"""WebSockets: /echo answers each message with itself; what comes on /broadcast goes to everyone who is there.

A GET over HTTP is answered too, so that it can be seen that the server has started.
"""

BODY = b'ok\n'
START = {'type': 'http.response.start', 'status': 200, 'headers': [(b'content-length', str(len(BODY)).encode())]}
END = {'type': 'http.response.body', 'body': BODY}
ACCEPT = {'type': 'websocket.accept'}

# The `send` of each client of /broadcast.
everyone = set()


async def application(scope, receive, send):
    if scope['type'] == 'websocket':
        await receive()
        await send(ACCEPT)
        await (broadcast if scope['path'] == '/broadcast' else echo)(receive, send)
    elif scope['type'] == 'http':
        await send(START)
        await send(END)
    else:
        raise NotImplementedError(scope['type'])


async def echo(receive, send):
    while (message := await receive())['type'] == 'websocket.receive':
        await send({'type': 'websocket.send', 'text': message['text']})


async def broadcast(receive, send):
    everyone.add(send)
    try:
        while (message := await receive())['type'] == 'websocket.receive':
            await send_to_all({'type': 'websocket.send', 'text': message['text']})
    finally:
        everyone.discard(send)


async def send_to_all(message):
    """One after another, as FastAPI's documentation does it."""
    for send in tuple(everyone):
        try:
            await send(message)
        except Exception:
            everyone.discard(send)  # A client that has left.
