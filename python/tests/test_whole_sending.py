"""Whatever is sent leaves whole, and not between the pieces of something else."""

import socket
import threading

import pytest

from portico_worker.wsgi.whole_sending import whole_sending


class Hesitant(socket.socket):
    """A socket that sends as much as there is room for, as gevent's do."""

    def send(self, data, flags=0):
        return super().send(bytes(data[:1000]), flags)


@pytest.fixture
def pair():
    ours, theirs = socket.socketpair()
    sender = whole_sending(Hesitant(ours.family, ours.type, ours.proto, ours.detach()))
    yield sender, theirs
    sender.close()
    theirs.close()


def receive(connection, size):
    data = b''
    while len(data) < size:
        data += connection.recv(size - len(data))
    return data


def test_send_sends_all(pair):
    sender, receiver = pair
    assert sender.send(bytearray(b'x' * 5000)) == 5000
    assert receive(receiver, 5000) == b'x' * 5000
    copy = sender.dup()
    assert copy.send(memoryview(b'y' * 3000)) == 3000
    copy.close()


def test_one_that_does_not_wait_sends_what_it_can(pair):
    sender, _ = pair
    sender.setblocking(False)
    assert sender.send(b'x' * 5000) == 1000


def test_what_several_send_is_not_mixed(pair):
    sender, receiver = pair
    threads = [threading.Thread(target=sender.send, args=(letter * 1_000_000,)) for letter in (b'a', b'b')]
    for thread in threads:
        thread.start()
    data = receive(receiver, 2_000_000)
    for thread in threads:
        thread.join()
    assert data.rstrip(data[-1:]) == data[:1] * 1_000_000
