import pytest

from fake_edge import edge_for
from portico_worker.wsgi import environ as environs
from portico_worker.wsgi.environ import Environs

REQUIRED = {
    'wsgi.version': (1, 0),
    'wsgi.url_scheme': 'http',
    'wsgi.run_once': False,
    'wsgi.input_terminated': True,
    'SCRIPT_NAME': '',
    'SERVER_NAME': 'localhost',
    'SERVER_PORT': '8000',
    'SERVER_PROTOCOL': 'HTTP/1.1',
    'REMOTE_ADDR': '127.0.0.1',
    'REMOTE_PORT': '50000',
    'HTTP_HOST': 'localhost:8000',
    'HTTP_X_REQUEST_ID': 'id1',
}


def seen(count=1, threads=1, multiprocess=False, root_path='', **options):
    found = []

    def application(environ, start):
        found.append(dict(environ))
        found[-1]['type'] = type(environ)
        environ['HTTP_X_LEAK'] = environ['apps.leak'] = 'left'
        start('200 OK', [])
        return []

    with edge_for(application, threads=threads, multiprocess=multiprocess, root_path=root_path) as edge:
        for stream in range(1, count + 1):
            edge.ask(stream, **options)
    return found


def test_the_required_keys():
    found = seen(method='PATCH', path='/a', query='b=c&&d')[0]
    assert found['type'] is dict
    assert {key: found[key] for key in REQUIRED} == REQUIRED
    assert (found['REQUEST_METHOD'], found['PATH_INFO'], found['QUERY_STRING']) == ('PATCH', '/a', 'b=c&&d')
    assert found['RAW_URI'] == found['REQUEST_URI'] == '/a?b=c&&d'
    assert all(type(value) is str for key, value in found.items() if '.' not in key and key != 'type')
    assert all(hasattr(found['wsgi.errors'], name) for name in ('write', 'writelines', 'flush'))
    assert callable(found['wsgi.file_wrapper'])
    assert not {'CONTENT_LENGTH', 'CONTENT_TYPE'} & set(found)


@pytest.mark.parametrize(('threads', 'multiprocess'), [(1, False), (2, True)])
def test_concurrency_is_told_truly(threads, multiprocess):
    found = seen(threads=threads, multiprocess=multiprocess)[0]
    assert found['wsgi.multithread'] is (threads > 1)
    assert found['wsgi.multiprocess'] is multiprocess


def test_the_mount_of_a_location_lies_below_what_a_proxy_has_taken_away():
    found = seen(path='/a', root_path='/app', block={'SCRIPT_NAME': '/shop'})[0]
    assert (found['SCRIPT_NAME'], found['PATH_INFO']) == ('/app/shop', '/a')
    assert seen(path='/a', root_path='/app')[0]['SCRIPT_NAME'] == '/app'


@pytest.mark.parametrize(('root_path', 'script_name'), [('', ''), ('/app', '/app'), ('/caf\xe9', '/caf\xc3\xa9')])
def test_the_script_name_is_what_a_proxy_has_taken_away(root_path, script_name):
    found = seen(path='/a', root_path=root_path)[0]
    assert (found['SCRIPT_NAME'], found['PATH_INFO'], found['REQUEST_URI']) == (script_name, '/a', '/a')


def test_latin_1_goes_through():
    found = seen(path='/caf\xc3\xa9\xff', block={'HTTP_X_LATIN': '\xe9\xff', 'HTTP_X_EMPTY': ''})[0]
    assert (found['PATH_INFO'], found['HTTP_X_LATIN'], found['HTTP_X_EMPTY']) == ('/caf\xc3\xa9\xff', '\xe9\xff', '')


def test_what_the_edge_tells_of_tls_goes_through():
    told = {'HTTPS': 'on', 'SSL_CLIENT_S_DN': 'CN=Zo\xc3\xab', 'SSL_CLIENT_CERT': '-----BEGIN\nabc\n-----END\n'}
    found = seen(block=told)[0]
    assert {key: found[key] for key in told} == told
    assert not [key for key in seen()[0] if key == 'HTTPS' or key.startswith('SSL_')]


def test_pairs_of_the_request_part():
    found = seen(pairs={'HTTP_COOKIE': 'a=1; b=2', 'HTTP_AUTHORIZATION': 'Basic x'})[0]
    assert (found['HTTP_COOKIE'], found['HTTP_AUTHORIZATION']) == ('a=1; b=2', 'Basic x')


def test_every_request_has_its_own():
    for found in seen(count=5):
        assert not {'HTTP_X_LEAK', 'apps.leak'} & set(found)


def test_a_secret_is_not_left_for_the_next_request():
    found = []

    def application(environ, start):
        found.append(environ.get('HTTP_COOKIE'))
        start('200 OK', [])
        return []

    with edge_for(application) as edge:
        edge.ask(1, pairs={'HTTP_COOKIE': 'secret'})
        edge.ask(2)
    assert found == ['secret', None]


def test_the_memory_of_blocks_is_bounded():
    memory = Environs({})
    for number in range(3 * environs.REMEMBERED_MAX):
        assert memory.find(b'HTTP_X\0%d' % number)['HTTP_X'] == str(number)
        assert len(memory.remembered) <= environs.REMEMBERED_MAX
    memory.remembered.clear()
    memory.find(b'HTTP_X\0' + b'v' * environs.REMEMBERED_BYTES_MAX)
    assert memory.remembered == {}


@pytest.mark.parametrize('body', [b'ab\ncdef\n\nlast', b''])
@pytest.mark.parametrize('as_file', [True, False])
def test_input(body, as_file, tmp_path):
    operations = [
        lambda stream: stream.read(3),
        lambda stream: stream.readline(),
        lambda stream: stream.readline(2),
        lambda stream: stream.read(0),
        lambda stream: b''.join(stream.readlines(1)) + b''.join(stream),
        lambda stream: stream.read() + stream.read(5) + stream.readline(),
    ]
    got = []

    def application(environ, start):
        got.append(environ.get('portico.body_file'))
        got.extend(operation(environ['wsgi.input']) for operation in operations)
        start('200 OK', [])
        return []

    path = tmp_path / 'body'
    path.write_bytes(body)
    options = {'body_file': str(path)} if as_file else {'body': body}
    with edge_for(application) as edge:
        edge.ask(method='POST', **options)
    assert got[0] is None
    assert b''.join(got[1:]) == body


def test_input_of_a_request_without_a_body_cannot_be_spoiled_for_others():
    errors = []

    def application(environ, start):
        stream = environ['wsgi.input']
        assert (stream.read(), stream.read(5), stream.readline(), list(stream), stream.tell()) == (b'', b'', b'', [], 0)
        for spoil in (lambda: stream.write(b'x'), lambda: stream.writelines([b'x']), lambda: stream.truncate(3)):
            with pytest.raises(OSError, match='read-only'):
                spoil()
        stream.seek(5)
        with stream:
            pass
        start('200 OK', [])
        errors.append(stream.closed)
        return []

    with edge_for(application) as edge:
        assert [edge.ask(stream).is_whole for stream in (1, 2)] == [True, True]
    assert errors == [False, False]


def test_a_body_file_that_is_gone_fails_who_reads_it(log):
    def application(environ, start):
        start('200 OK', [])
        return [b'unread'] if environ['PATH_INFO'] == '/unread' else [environ['wsgi.input'].read()]

    with edge_for(application) as edge:
        assert edge.ask(1, path='/unread', body_file='/nowhere/body').body == b'unread'
        assert 'FileNotFoundError' in edge.ask(2, path='/read', body_file='/nowhere/body').failure
