"""The socket by which an application takes over the connection of its client, as the edge sees it."""

import select

import pytest

from fake_edge import edge_for, request_frame
from portico_worker import lanes
from portico_worker.wsgi import tunnel

NAMES = ('werkzeug.socket', 'gunicorn.socket')


def opened(edge, stream=5):
    """Sends a request that may take over its connection; returns the edge's end of the socket that the worker dials."""
    edge.lane.send(request_frame(stream, tunnel=True))
    dialled = edge.accept(0)
    said = {key: dialled.hello[key] for key in ('role', 'worker', 'unit', 'stream', 'kind')}
    assert said == {'role': 'tunnel', 'worker': 1, 'unit': 0, 'stream': stream, 'kind': 'wsgi'}
    return dialled.socket


def by_socket(talk):
    def application(environ, start_response):
        sock, same = (environ[name] for name in NAMES)
        assert sock is same
        result = talk(sock)
        start_response('200 OK', [])
        return result or []

    return application


def test_what_is_written_there_and_read_from_there_is_the_connection():
    def talk(sock):
        sock.sendall(b'switched')
        sock.sendall(b'got ' + sock.recv(100))

    with edge_for(by_socket(talk)) as edge:
        client = opened(edge)
        client.sendall(b'\1')
        assert client.recv(100) == b'switched'
        client.sendall(b'data')
        assert client.recv(100) == b'got data'
        assert edge.lane.answer().is_whole
        assert client.recv(100) == b'', 'it ends with the request'
        assert edge.lane.is_quiet()


def test_it_need_not_call_start_response(capfd):
    def application(environ, start_response):
        environ[NAMES[0]].sendall(b'answer')
        return []

    with edge_for(application) as edge:
        client = opened(edge)
        client.sendall(b'\1')
        frame = edge.lane.next()
        assert (frame.type, frame.payload) == (lanes.FAILED, b'')
    assert 'Traceback' not in capfd.readouterr().err


def test_a_thread_that_the_application_leaves_behind_wakes_up():
    import threading

    woken = threading.Event()

    def read(sock):
        try:
            sock.recv(100)
        except OSError:
            pass
        woken.set()

    def talk(sock):
        threading.Thread(target=read, args=(sock,), daemon=True).start()

    with edge_for(by_socket(talk)) as edge:
        client = opened(edge)
        client.sendall(b'\1')
        edge.lane.answer()
        assert woken.wait(5)


def names_in(environ, start_response):
    start_response('200 OK', [])
    return [','.join(name for name in NAMES if name in environ).encode()]


def test_there_is_none_unless_the_edge_offers_it_and_gives_it():
    with edge_for(names_in) as edge:
        assert edge.ask(1).body == b''
        client = opened(edge)
        client.close()
        assert edge.lane.answer().status[:3] == '503'
        assert edge.ask(6).body == b'', 'nothing of it is remembered'


def test_a_client_that_has_gone_is_not_served():
    called = []
    with edge_for(lambda environ, start: called.append(environ)) as edge:
        opened(edge).sendall(b'\0')
        frame = edge.lane.next()
        assert (frame.type, frame.payload, called) == (lanes.FAILED, b'', [])


def test_an_edge_that_stands_still_is_not_waited_for(monkeypatch):
    monkeypatch.setattr(tunnel, 'ANSWER_S', 0.05)
    with edge_for(names_in) as edge:
        client = opened(edge)
        assert edge.lane.answer().status[:3] == '503'
        assert select.select([client], [], [], 5)[0]


@pytest.mark.parametrize('error', [StopIteration(), ConnectionError('the socket was the answer')])
def test_what_libraries_raise_to_say_that_they_have_answered_is_no_fault(error, capfd):
    def talk(sock):
        sock.sendall(b'answer')
        raise error

    with edge_for(by_socket(talk)) as edge:
        client = opened(edge)
        client.sendall(b'\1')
        frame = edge.lane.next()
        assert (frame.type, frame.payload) == (lanes.FAILED, b'')
        assert client.recv(100) == b'answer'
    assert 'Traceback' not in capfd.readouterr().err
