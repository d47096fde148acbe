"""What an application learns of a request before it receives anything."""

import pytest

from asgi_edge import asgi_edge, http_only, reply, request_frame, websocket_frame
from portico_worker import lanes
from portico_worker.asgi import scope as scopes
from portico_worker.asgi.scope import Blocks


def block(*fields, scheme='http', version='1.1', server=('127.0.0.1', '8000'), script_name=''):
    return '\0'.join((scheme, version, *server, '', script_name, *fields)).encode('latin-1')


def parts(method='GET', path='/', query='', client='127.0.0.1 50000', request_id='id1', triples=()):
    return [value.encode('latin-1') for value in (method, path, query, client, request_id, *triples)]


def http_scope(data=None, root_path='', development=False, state=None, **options):
    blocks = Blocks(root_path, development)
    return blocks.find(block() if data is None else data).http_scope(parts(**options), state or {})


def test_everything_that_the_specification_names():
    assert http_scope(block('host', 'example.org', 'accept', '*/*'), query='a=%20b', state={'name': 'kept'}) == {
        'type': 'http',
        'asgi': {'version': '3.0', 'spec_version': '2.5'},
        'http_version': '1.1',
        'method': 'GET',
        'scheme': 'http',
        'path': '/',
        'raw_path': b'/',
        'query_string': b'a=%20b',
        'root_path': '',
        'headers': [(b'host', b'example.org'), (b'accept', b'*/*'), (b'x-request-id', b'id1')],
        'client': ('127.0.0.1', 50000),
        'server': ('127.0.0.1', 8000),
        'state': {'name': 'kept'},
        'extensions': {
            'http.response.pathsend': {},
            'http.response.zerocopysend': {},
            'http.response.early_hint': {},
            'http.response.trailers': {},
        },
    }


@pytest.mark.parametrize(
    ('raw', 'path'),
    [
        ('/plain', '/plain'),
        ('/caf%C3%A9%20x/%E2%82%AC', '/café x/€'),
        ('//a/%2e%2E/b%2Fc', '//a/../b/c'),
        ('/%FF%C3', '/\ufffd\ufffd'),
        ('/\xc3\xa9', '/é'),
        ('/\xe9', '/\ufffd'),
        ('/100%', '/100%'),
        ('*', '*'),
    ],
)
def test_the_path_is_decoded_and_the_raw_one_is_not(raw, path):
    scope = http_scope(path=raw)
    assert (scope['path'], scope['raw_path']) == (path, raw.encode('latin-1'))


@pytest.mark.parametrize('method', ['GET', 'HEAD', 'PROPFIND', 'M-SEARCH'])
def test_methods(method):
    assert http_scope(method=method)['method'] == method


def test_a_unix_socket_has_no_client_and_a_path_for_a_server():
    scope = http_scope(block(server=('/run/site.sock', '')), client='')
    assert (scope['client'], scope['server']) == (None, ('/run/site.sock', None))


@pytest.mark.parametrize(
    ('text', 'client'),
    [
        ('192.0.2.1 40000', ('192.0.2.1', 40000)),
        ('2001:db8::1 1', ('2001:db8::1', 1)),
        ('192.0.2.1 ', ('192.0.2.1', 0)),
    ],
)
def test_clients(text, client):
    for _ in range(2):
        assert http_scope(client=text)['client'] == client


def test_clients_that_are_remembered_have_a_bound():
    for number in range(scopes.CLIENTS_MAX + 2):
        assert http_scope(client=f'192.0.2.1 {number}')['client'] == ('192.0.2.1', number)
    assert len(scopes._clients) <= scopes.CLIENTS_MAX


def test_the_root_path_goes_in_front_of_the_path_that_a_proxy_has_shortened():
    scope = http_scope(root_path='/app', path='/x%20y')
    assert (scope['root_path'], scope['path'], scope['raw_path']) == ('/app', '/app/x y', b'/x%20y')


def test_fields_that_differ_each_time_are_put_where_they_were():
    triples = ('1', 'cookie', 'a=1', '0', 'content-length', '5', '4', 'x-last', '')
    headers = http_scope(block('host', 'h', 'accept', '*/*'), triples=triples)['headers']
    assert headers == [
        (b'content-length', b'5'),
        (b'host', b'h'),
        (b'cookie', b'a=1'),
        (b'accept', b'*/*'),
        (b'x-last', b''),
        (b'x-request-id', b'id1'),
    ]


def test_nothing_is_shared_with_the_next_request():
    found = Blocks('', False).find(block('host', 'h'))
    state = {'name': 'kept'}
    first = found.http_scope(parts(), state)
    for key in ('state', 'extensions', 'asgi'):
        first[key]['changed'] = True
    first['headers'].append((b'changed', b''))
    first['changed'] = True
    second = found.http_scope(parts(), state)
    assert 'changed' not in str(second)
    assert state == {'name': 'kept'}


def test_the_debug_extension_is_for_development():
    assert 'http.response.debug' not in http_scope()['extensions']
    assert 'http.response.debug' in http_scope(development=True)['extensions']


def test_a_websocket():
    data = block('sec-websocket-protocol', 'a, b', 'sec-websocket-protocol', 'c,,d', scheme='https', version='2')
    scope = Blocks('', False).find(data).websocket_scope(parts(path='/ws'), {'name': 'kept'})
    assert 'method' not in scope
    assert (scope['type'], scope['scheme'], scope['http_version']) == ('websocket', 'wss', '2')
    assert (scope['subprotocols'], scope['state']) == (['a', 'b', 'c', 'd'], {'name': 'kept'})
    assert scope['extensions'] == {'websocket.http.response': {}}


def test_blocks_are_remembered_within_bounds():
    blocks = Blocks('', False)
    first = block('a', 'b')
    assert blocks.find(first) is blocks.find(bytes(bytearray(first)))
    long = block('a', 'b' * scopes.REMEMBERED_BYTES_MAX)
    assert blocks.find(long) is not blocks.find(long)
    for number in range(scopes.REMEMBERED_MAX + 10):
        blocks.find(block('n', str(number)))
    assert len(blocks.remembered) <= scopes.REMEMBERED_MAX


def test_what_is_no_block():
    for data in (b'http\0001.1\0h\0001', b'http\0001.1\0h\0001\0'):
        with pytest.raises(lanes.Fault):
            Blocks('', False).find(data)


def test_the_mount_of_a_location_lies_below_the_root_path_and_is_a_part_of_the_path():
    scope = http_scope(block(script_name='/caf\xc3\xa9'), root_path='/app', path='/caf%C3%A9/x')
    assert (scope['root_path'], scope['path']) == ('/app/café', '/app/café/x')
    assert scope['raw_path'] == b'/caf%C3%A9/x'


def test_requests_of_different_blocks_get_their_own():
    async def tell(scope, receive, send):
        await reply(send, dict(scope['headers']).get(b'n', b'none'))

    with asgi_edge(http_only(tell)) as edge:
        base = ['http', '1.1', 'h', '1', '', '']
        numbers = [0, 0, 1, 0, 2, 2, 1]
        edge.lane.send(*(request_frame(at + 1, block=[*base, 'n', str(n)]) for at, n in enumerate(numbers)))
        assert [edge.answer(at + 1).body for at in range(len(numbers))] == [b'%d' % n for n in numbers]


def test_state_of_startup_reaches_http_and_websocket():
    async def application(scope, receive, send):
        if scope['type'] == 'lifespan':
            await receive()
            scope['state']['name'] = 'kept'
            await send({'type': 'lifespan.startup.complete'})
            await receive()
        elif scope['type'] == 'http':
            await reply(send, scope['state']['name'].encode())
        else:
            await send({'type': 'websocket.accept', 'headers': [(b'x-name', scope['state']['name'].encode())]})

    with asgi_edge(application) as edge:
        assert edge.ask().body == b'kept'
        edge.lane.send(websocket_frame(2))
        assert edge.answer(2).frames[0].payload == b'\0x-name\0kept'
