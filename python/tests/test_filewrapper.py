# ruff: noqa: SIM115 (the worker closes what an application opens: that is what is tested)
import gzip
import io
import os
import struct
import tempfile

import pytest

from fake_edge import edge_for, request_frame, until
from portico_worker import lanes
from portico_worker.wsgi import filewrapper

DATA = b''.join(b'%07d\n' % number for number in range(25000))
FIXED = struct.Struct('<QQQQ')


@pytest.fixture
def path(tmp_path):
    path = tmp_path / 'data b\xe9.bin'
    path.write_bytes(DATA)
    return str(path)


def wrapping(open_file, fields=(), block_size=4096):
    files = []

    def application(environ, start):
        start('200 OK', list(fields))
        files.append(open_file())
        return environ['wsgi.file_wrapper'](files[-1], block_size)

    application.files = files
    return application


def sought(file, position):
    file.seek(position)
    return file


def read_file_frame(frame):
    offset, length, device, inode = FIXED.unpack_from(frame.payload)
    return offset, length, (device, inode), frame.payload[FIXED.size :].decode()


def identity(path):
    status = os.stat(path)
    return status.st_dev, status.st_ino


def test_the_edge_sends_a_real_file(path):
    application = wrapping(lambda: open(path, 'rb'), [('Content-Length', str(len(DATA)))])
    with edge_for(application) as edge:
        edge.lane.send(request_frame(3))
        head, file = edge.lane.answer().frames
        assert (head.type, head.stream, head.payload[-6:]) == (lanes.RESPONSE, 3, b'200000')
        assert read_file_frame(file) == (0, len(DATA), identity(path), path)
        edge.lane.send(lanes.render(lanes.FILE_OPENED, 3))
        assert edge.lane.next().type == lanes.END
        until(lambda: application.files[0].closed)


def test_what_the_edge_cannot_open_is_read(path):
    with edge_for(wrapping(lambda: open(path, 'rb'))) as edge:
        edge.lane.send(request_frame(3))
        edge.lane.answer()
        edge.lane.send(lanes.render(lanes.FILE_REFUSED, 3))
        answer = edge.lane.answer()
        assert (answer.body, answer.is_whole) == (DATA, True)
        assert max(len(frame.payload) for frame in answer.frames) == filewrapper.READ_BYTES


def test_requests_that_come_while_it_waits_are_run_afterwards(path):
    with edge_for(wrapping(lambda: open(path, 'rb'))) as edge:
        edge.lane.send(request_frame(3))
        edge.lane.answer()
        following = request_frame(4)
        edge.lane.send(following[:20])
        edge.lane.send(following[20:], request_frame(5), lanes.render(lanes.FILE_OPENED, 3))
        assert edge.lane.answer().kinds == [lanes.END]
        for stream in (4, 5):
            answer = edge.lane.answer()
            assert answer.frames[-1].stream == stream
            edge.lane.send(
                lanes.render(lanes.FILE_OPENED, stream), lanes.render(lanes.DRAIN, 0) if stream == 5 else b''
            )
            assert edge.lane.answer().kinds == [lanes.END]
        assert edge.lane.ended()


def test_the_edge_goes_away_instead_of_answering(path, log):
    application = wrapping(lambda: open(path, 'rb'))
    with edge_for(application) as edge:
        edge.lane.send(request_frame(3))
        edge.lane.answer()
        edge.lane.socket.close()
        until(lambda: application.files[0].closed)
        assert edge.accept(0).hello['role'] == 'requests'
    assert log.take() == ''


@pytest.mark.parametrize('position', [8000, 100_000])
def test_it_begins_where_the_application_is(path, position):
    def open_file():
        file = open(path, 'rb')
        assert file.read(position) == DATA[:position]
        return file

    with edge_for(wrapping(open_file)) as edge:
        edge.lane.send(request_frame(3))
        answer = edge.lane.answer()
        assert read_file_frame(answer.frames[-1])[:2] == (position, len(DATA) - position)


def test_no_more_than_the_content_length(path):
    with edge_for(wrapping(lambda: open(path, 'rb'), [('Content-Length', '70000')])) as edge:
        edge.lane.send(request_frame(3))
        assert read_file_frame(edge.lane.answer().frames[-1])[1] == 70_000


def test_less_than_the_content_length_fails(path, log):
    with edge_for(wrapping(lambda: open(path, 'rb'), [('Content-Length', '200001')])) as edge:
        edge.lane.send(request_frame(3))
        assert edge.lane.answer().kinds == [lanes.RESPONSE, lanes.FILE]
        edge.lane.send(lanes.render(lanes.FILE_OPENED, 3))
        assert edge.lane.answer().kinds == [lanes.FAILED]
    assert 'fewer than its Content-Length' in log.take()


class Noted(io.FileIO):
    """A subclass may give other bytes than its file has."""


def pipe_of(data):
    reading, writing = os.pipe()
    os.write(writing, data)
    os.close(writing)
    return os.fdopen(reading, 'rb')


def unnamed():
    return sought(_filled(tempfile.TemporaryFile()), 0)


def _filled(file):
    file.write(DATA)
    return file


def gzipped(path):
    with gzip.open(path + '.gz', 'wb') as file:
        file.write(DATA)
    return gzip.open(path + '.gz')


READ = {
    'memory': lambda path: io.BytesIO(DATA),
    'memory, sought': lambda path: sought(io.BytesIO(b'x' * 8 + DATA), 8),
    'gzip': gzipped,
    'subclass': Noted,
    'pipe': lambda path: pipe_of(DATA[:60_000]),
    'unnamed': lambda path: unnamed(),
    'near the end': lambda path: sought(open(path, 'rb'), 150_000),
    'empty': lambda path: open(os.devnull, 'rb'),
}


@pytest.mark.parametrize('name', READ)
def test_everything_else_is_read(name, path):
    expected = {'pipe': DATA[:60_000], 'near the end': DATA[150_000:], 'empty': b''}.get(name, DATA)
    application = wrapping(lambda: READ[name](path))
    with edge_for(application) as edge:
        answer = edge.ask()
        assert (answer.body, answer.is_whole) == (expected, True)
        until(lambda: application.files[0].closed)


def test_a_named_temporary_file_is_sent_by_the_edge():
    with tempfile.NamedTemporaryFile() as file, edge_for(wrapping(lambda: sought(_filled(file), 0))) as edge:
        edge.lane.send(request_frame(3))
        assert read_file_frame(edge.lane.answer().frames[-1])[3] == file.name


@pytest.mark.parametrize('how', ['text', 'head', 'iterated', 'started by write'])
def test_other_ways_to_use_it(how, path, log):
    def application(environ, start):
        write = start('200 OK', [])
        if how == 'started by write':
            write(b'first ')
        wrapper = environ['wsgi.file_wrapper'](open(path, 'r' if how == 'text' else 'rb'), 65536)
        return (block for block in wrapper) if how == 'iterated' else wrapper

    with edge_for(application) as edge:
        answer = edge.ask(method='HEAD' if how == 'head' else 'GET')
        if how == 'text':
            assert 'must be bytes, not str' in answer.failure
        elif how == 'head':
            assert answer.is_whole
        else:
            assert answer.body == (b'first ' if how == 'started by write' else b'') + DATA
