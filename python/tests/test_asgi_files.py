"""Files that an application has sent: by the edge if it can, else read."""

import os
import tempfile

import pytest

from asgi_edge import asgi_edge, http_only, part, start
from portico_worker import lanes

CONTENT = bytes(range(251)) * 4000
RESPONSE, WHOLE, DATA, END, FILE = lanes.RESPONSE, lanes.RESPONSE_WHOLE, lanes.DATA, lanes.END, lanes.FILE


@pytest.fixture
def path(tmp_path):
    path = tmp_path / 'file é.bin'
    path.write_bytes(CONTENT)
    return str(path)


def pathsend(path):
    return {'type': 'http.response.pathsend', 'path': path}


def zerocopysend(file, **keys):
    return {'type': 'http.response.zerocopysend', 'file': file, **keys}


def sending(*messages, then=None):
    async def application(scope, receive, send):
        for message in messages:
            await send(message)
        if then:
            then()

    return http_only(application)


def span(frame):
    """Offset, length and path of FILE; its file is the one that it names."""
    assert frame.type == FILE
    offset, length, device, inode = lanes.FILE_HEAD.unpack_from(frame.payload)
    path = frame.payload[32:].decode()
    status = os.stat(path)
    assert (status.st_dev, status.st_ino) == (device, inode)
    return offset, length, path


def length(number):
    return [(b'content-length', b'%d' % number)]


@pytest.mark.parametrize('fields', [(), length(len(CONTENT))])
def test_the_edge_sends_it(path, fields):
    with asgi_edge(sending(start(200, fields), pathsend(path))) as edge:
        edge.begin()
        assert edge.next().type == RESPONSE
        assert span(edge.next()) == (0, len(CONTENT), path)
        edge.begin(2, path='/other')
        edge.ping()
        edge.lane.send(lanes.render(lanes.FILE_OPENED, 1))
        assert edge.answer().kinds == [END]


@pytest.mark.parametrize('fields', [(), length(len(CONTENT))])
def test_what_the_edge_cannot_open_is_read(path, fields):
    with asgi_edge(sending(start(200, fields), pathsend(path))) as edge:
        edge.begin()
        edge.credit(1 << 20)
        assert [edge.next().type, edge.next().type] == [RESPONSE, FILE]
        edge.lane.send(lanes.render(lanes.FILE_REFUSED, 1))
        answer = edge.answer()
    assert (answer.body, answer.kinds[-1]) == (CONTENT, END)


def test_a_declared_length_is_kept_to(path, log):
    with asgi_edge(sending(start(200, length(1000)), pathsend(path))) as edge:
        edge.begin()
        edge.next()
        assert span(edge.next())[:2] == (0, 1000)
        edge.lane.send(lanes.render(lanes.FILE_OPENED, 1))
        assert edge.answer().kinds == [END]
    assert 'more bytes than its Content-Length' in log.take()
    with asgi_edge(sending(start(200, length(len(CONTENT) + 1)), pathsend(path))) as edge:
        assert 'fewer than its Content-Length' in edge.ask().failure


def test_an_empty_file(tmp_path):
    (tmp_path / 'empty').write_bytes(b'')
    with asgi_edge(sending(start(), pathsend(str(tmp_path / 'empty')))) as edge:
        answer = edge.ask()
    assert (answer.kinds, answer.body) == ([WHOLE], b'')


def test_of_a_head_request_only_the_head(path):
    with asgi_edge(sending(start(200, length(len(CONTENT))), pathsend(path))) as edge:
        answer = edge.ask(method='HEAD')
    assert (answer.kinds, answer.fields) == ([WHOLE], [('content-length', str(len(CONTENT)))])


WRONG = {
    'missing': ('/nonexistent/file', FileNotFoundError),
    'a folder': ('/', OSError),
    'a device': ('/dev/null', OSError),
    'no str': (b'/etc/passwd', TypeError),
    'none': (None, TypeError),
    'nul': ('/etc/\0passwd', ValueError),
}


@pytest.mark.parametrize('name', WRONG)
def test_what_cannot_be_sent_is_raised_in_the_application(name):
    path, kind = WRONG[name]

    async def application(scope, receive, send):
        await send(start())
        with pytest.raises(kind):
            await send(pathsend(path))
        await send(part(b'sorry'))

    with asgi_edge(http_only(application)) as edge:
        answer = edge.ask()
    assert (answer.kinds, answer.body) == ([WHOLE], b'sorry')


def test_a_fifo_does_not_hold_the_worker(tmp_path):
    os.mkfifo(tmp_path / 'fifo')
    with asgi_edge(sending(start(), pathsend(str(tmp_path / 'fifo')))) as edge:
        assert 'only regular files' in edge.ask().failure


def test_a_path_cannot_follow_a_body(path):
    with asgi_edge(sending(start(), part(b'x', True), pathsend(path))) as edge:
        assert 'cannot be mixed' in edge.ask().failure


def test_parts_of_an_open_file_and_bodies(path):
    with open(path, 'rb') as file:
        messages = [
            start(),
            zerocopysend(file, offset=10, count=1000, more_body=True),
            part(b'|', True),
            zerocopysend(file, offset=0),
        ]
        with asgi_edge(sending(*messages)) as edge:
            edge.begin()
            body, frames = b'', []
            while not frames or frames[-1].type != FILE:
                frames.append(edge.next())
                body += frames[-1].payload[7:] if frames[-1].type == RESPONSE else frames[-1].payload
            assert body.startswith(CONTENT[10:1010] + b'|')
            assert span(frames[-1]) == (0, len(CONTENT), path)
            edge.lane.send(lanes.render(lanes.FILE_OPENED, 1))
            assert edge.answer().kinds == [END]
        assert file.tell() == 0


def check_position(file, position):
    """What is sent begins where the file is, which is 100, and leaves it behind."""

    def move():
        moved.append(position())

    moved = []
    with asgi_edge(sending(start(), zerocopysend(file, count=5000), then=move)) as edge:
        edge.begin()
        assert edge.next().type == RESPONSE
        assert span(edge.next())[:2] == (100, 5000)
        edge.lane.send(lanes.render(lanes.FILE_OPENED, 1))
        assert edge.answer().kinds == [END]
        edge.ping()
    assert moved == [5100]


@pytest.mark.parametrize('buffering', [0, -1])
def test_without_an_offset_it_begins_where_the_file_is_and_moves_it(path, buffering):
    with open(path, 'rb', buffering=buffering) as file:
        file.read(100)
        check_position(file, file.tell)


def test_a_descriptor_has_a_position_as_well(path):
    descriptor = os.open(path, os.O_RDONLY)
    os.lseek(descriptor, 100, os.SEEK_SET)
    check_position(descriptor, lambda: os.lseek(descriptor, 0, os.SEEK_CUR))
    os.close(descriptor)


def test_a_count_beyond_the_end(path):
    with open(path, 'rb') as file, asgi_edge(sending(start(), zerocopysend(file, offset=1000, count=10**9))) as edge:
        edge.begin()
        edge.next()
        assert span(edge.next())[:2] == (1000, len(CONTENT) - 1000)
        edge.lane.send(lanes.render(lanes.FILE_OPENED, 1))
        assert edge.answer().kinds == [END]


def test_a_file_without_a_name_is_read():
    with tempfile.TemporaryFile() as file:
        file.write(CONTENT)
        file.flush()
        with asgi_edge(sending(start(), zerocopysend(file, offset=5, count=70_000))) as edge:
            edge.begin()
            frames = [edge.next(), edge.next()]
            assert [frame.type for frame in frames] == [RESPONSE, FILE]
            edge.lane.send(lanes.render(lanes.FILE_REFUSED, 1))
            answer = edge.answer()
    assert (answer.body, answer.kinds[-1]) == (CONTENT[5:70_005], END)


@pytest.mark.parametrize(
    ('keys', 'kind'),
    [
        ({'file': None}, TypeError),
        ({'file': b'x'}, TypeError),
        ({'file': True}, TypeError),
        ({'offset': -1}, TypeError),
        ({'count': 'x'}, TypeError),
    ],
    ids=str,
)
def test_wrong_keys(path, keys, kind):
    async def application(scope, receive, send):
        with open(path, 'rb') as file:
            await send(start())
            with pytest.raises(kind):
                await send(zerocopysend(**{'file': file, **keys}))
        await send(part(b'ok'))

    with asgi_edge(http_only(application)) as edge:
        assert edge.ask().body == b'ok'


def test_a_file_that_shrinks_fails_the_response(path):
    with asgi_edge(sending(start(), pathsend(path))) as edge:
        edge.begin()
        assert [edge.next().type, edge.next().type] == [RESPONSE, FILE]
        os.truncate(path, 10)
        edge.lane.send(lanes.render(lanes.FILE_REFUSED, 1))
        answer = edge.answer()
    assert (answer.body, answer.kinds[-1]) == (CONTENT[:10], lanes.FAILED)
    assert 'became shorter' in answer.failure


@pytest.mark.parametrize('how', ['abort', 'lane'])
def test_the_client_goes_while_the_edge_is_asked(path, how, log):
    def note():
        raise AssertionError

    with asgi_edge(sending(start(), pathsend(path), then=note)) as edge:
        edge.begin()
        assert [edge.next().type, edge.next().type] == [RESPONSE, FILE]
        if how == 'abort':
            edge.abort()
            edge.ping()
            edge.lane.send(lanes.render(lanes.FILE_OPENED, 1))
            assert not edge.answer().failure
        else:
            edge.lane.socket.close()
            edge.requests[0] = edge.accept(0)
            edge.ping()
    assert log.take() == ''


def test_an_answer_that_was_not_asked_for():
    async def application(scope, receive, send):
        await receive()
        await receive()

    with asgi_edge(http_only(application)) as edge:
        edge.begin()
        edge.lane.send(lanes.render(lanes.FILE_OPENED, 1))
        assert edge.lane.ended()
