"""The application that is called in the place of an ASGI application whose requests are watched. WebSockets and the lifespan are not."""

from __future__ import annotations

from typing import Any

from .exchange import Exchange, Watch


class WatchedAsgi:
    def __init__(self, watch: Watch, application: Any) -> None:
        self.watch = watch
        self.application = application

    async def __call__(self, scope: dict[str, Any], receive: Any, send: Any) -> None:
        if scope['type'] != 'http':
            await self.application(scope, receive, send)
            return
        exchange = Exchange(self.watch, environ_of(scope))
        response = exchange.resp

        async def sends(message: dict[str, Any]) -> None:
            await send(message)
            if message['type'] == 'http.response.start':
                fields = [_text(pair) for pair in message.get('headers', ())]
                response.begin(message['status'], fields)
                response.headers_sent = True
            elif message['type'] == 'http.response.body':
                response.sent += len(message.get('body', b''))

        try:
            exchange.begin()
            await self.application(scope, receive, sends)
        finally:
            exchange.log()
            exchange.end()


def _text(pair: Any) -> tuple[str, str]:
    name, value = pair
    return bytes(name).decode('latin-1'), bytes(value).decode('latin-1')


def environ_of(scope: dict[str, Any]) -> dict[str, Any]:
    """What gunicorn's hooks and access log get of a request of ASGI: variables as of WSGI."""
    query = scope['query_string'].decode('latin-1')
    raw_path = scope.get('raw_path') or scope['path'].encode()
    server, client = scope.get('server') or ('', None), scope.get('client') or ('', None)
    version = scope['http_version']
    environ = {
        'REQUEST_METHOD': scope['method'],
        'RAW_URI': raw_path.decode('latin-1') + (f'?{query}' if query else ''),
        'PATH_INFO': scope['path'],
        'QUERY_STRING': query,
        'SCRIPT_NAME': scope.get('root_path', ''),
        'SERVER_PROTOCOL': f'HTTP/{version}',
        'SERVER_NAME': server[0],
        'SERVER_PORT': '' if server[1] is None else str(server[1]),
        'REMOTE_ADDR': client[0],
        'REMOTE_PORT': '' if client[1] is None else str(client[1]),
        'wsgi.url_scheme': scope['scheme'],
    }
    for name, value in scope['headers']:
        key = name.decode('latin-1').upper().replace('-', '_')
        key = key if key in ('CONTENT_TYPE', 'CONTENT_LENGTH') else f'HTTP_{key}'
        text = value.decode('latin-1')
        environ[key] = f'{environ[key]},{text}' if key in environ else text
    return environ
