"""What an application learns of the TLS of a connection."""

import json

import pytest

from asgi_edge import asgi_edge, reply, request_frame
from portico_worker import lanes
from portico_worker.asgi.scope import Blocks

REQUEST = [b'GET', b'/', b'', b'127.0.0.1 50000', b'id1']

FACTS = {
    'client_cert_chain': ['-----BEGIN 1\n', '-----BEGIN 2\n'],
    'client_cert_name': 'CN=Zoë,O=Example',
    'client_cert_error': None,
    'tls_version': 0x0304,
    'cipher_suite': 0x1301,
}
NOBODY = {**FACTS, 'client_cert_chain': [], 'client_cert_name': None}


def block(tls):
    """The block part with an element of this text."""
    return '\0'.join(('https', '1.1', '127.0.0.1', '8000', tls, '', 'host', 'h')).encode('latin-1')


def tls_block(facts):
    """The block part as the edge renders it: UTF-8 in latin-1."""
    return block(json.dumps(facts, ensure_ascii=False).encode().decode('latin-1'))


def scopes_of(data, server_certificate=''):
    """Of a request and of a WebSocket."""
    found = Blocks('', False, server_certificate).find(data)
    return found.http_scope(REQUEST, {}), found.websocket_scope(REQUEST, {})


def test_tls_is_an_extension():
    for scope in scopes_of(tls_block(FACTS), 'PEM'):
        assert scope['extensions'].pop('tls') == {'server_cert': 'PEM', **FACTS}
        assert scope['headers'] == [(b'host', b'h'), (b'x-request-id', b'id1')]
    for scope, plain in zip(scopes_of(tls_block(NOBODY)), scopes_of(block(''), 'PEM')):
        assert scope['extensions'].pop('tls') == {'server_cert': None, **NOBODY}
        assert scope['extensions'] == plain['extensions'] != {}
        assert 'tls' not in plain['extensions']


def test_what_is_not_known_of_tls_is_none():
    for scope in scopes_of(tls_block({**NOBODY, 'tls_version': None, 'cipher_suite': None})):
        assert (scope['extensions']['tls']['tls_version'], scope['extensions']['tls']['cipher_suite']) == (None, None)


def test_nothing_of_tls_is_shared_with_the_next_request():
    found = Blocks('', False).find(tls_block(FACTS))
    for ask in (found.http_scope, found.websocket_scope, found.http_scope):
        tls = ask(REQUEST, {})['extensions']['tls']
        assert tls == {'server_cert': None, **FACTS}
        tls['client_cert_chain'].clear()
        tls['client_cert_name'] = 'changed'


NO_TLS = [
    'x',
    '{',
    '[' * 100_000,
    '\xff',
    '1',
    'null',
    '[]',
    '{}',
    json.dumps({**FACTS, 'more': 1}),
    json.dumps({key: value for key, value in FACTS.items() if key != 'tls_version'}),
    json.dumps({**FACTS, 'client_cert_chain': 'abc'}),
    json.dumps({**FACTS, 'client_cert_chain': [None]}),
    json.dumps({**FACTS, 'client_cert_name': 1}),
    json.dumps({**FACTS, 'client_cert_error': 1}),
    json.dumps({**FACTS, 'tls_version': True}),
    json.dumps({**FACTS, 'cipher_suite': '4865'}),
]


@pytest.mark.parametrize('text', NO_TLS, ids=range(len(NO_TLS)))
def test_what_says_nothing_of_tls(text):
    with pytest.raises(lanes.Fault, match='request-head'):
        Blocks('', False).find(block(text))


def test_an_application_is_told_of_tls():
    async def application(scope, receive, send):
        told = json.dumps(scope['extensions'].get('tls')).encode()
        if scope['type'] == 'http':
            await reply(send, told)
        else:
            await send({'type': 'websocket.accept', 'headers': [(b'x-tls', told)]})

    over_tls = tls_block(FACTS).decode('latin-1').split('\0')
    expected = {'server_cert': 'PEM', **FACTS}
    with asgi_edge(application, lifespan='off', server_certificate='PEM') as edge:
        assert json.loads(edge.ask(1, block=over_tls).body) == expected
        assert edge.ask(2).body == b'null'
        edge.lane.send(request_frame(3, flags=lanes.FLAG_WEBSOCKET, block=over_tls))
        assert json.loads(edge.answer(3).frames[0].payload.partition(b'\0x-tls\0')[2]) == expected
