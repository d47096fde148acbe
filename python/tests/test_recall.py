"""RECALL and ABORT: what has not begun goes back, whatever the unit is doing."""

import socket
import threading
import time

from fake_edge import edge_for, read_words, request_frame
from portico_worker import lanes
from portico_worker.wsgi.lane import Lane
from sample_apps import Gate, echo


def streams(frames):
    return [frame.stream for frame in frames]


def test_recall_gives_back_what_is_not_begun_and_sends_what_is_done():
    gate = Gate()
    with edge_for(gate) as edge:
        edge.lane.send(request_frame(1, path='/fast'), *(request_frame(n, path='/wait') for n in (2, 3, 4)))
        assert gate.entered.wait(5)
        edge.lane.send(request_frame(5))
        edge.recall()
        first, recalled = edge.lane.next(), edge.lane.next()
        assert (first.type, first.stream) == (lanes.RESPONSE_WHOLE, 1)
        assert (recalled.type, recalled.stream) == (lanes.RECALLED, 0)
        assert sorted(read_words(recalled)) == [3, 4, 5]
        edge.lane.send(request_frame(6))
        gate.go.set()
        assert streams([edge.lane.next(), edge.lane.next()]) == [2, 6]
    assert gate.called == ['/fast', '/wait', '/']


def test_recall_of_half_a_frame_leaves_it_to_be_completed():
    gate = Gate()
    frame = request_frame(2, path='/later')
    with edge_for(gate) as edge:
        edge.lane.send(request_frame(1, path='/wait'))
        assert gate.entered.wait(5)
        edge.lane.send(request_frame(9), frame[:30])
        edge.recall()
        assert read_words(edge.lane.next()) == [9]
        edge.lane.send(frame[30:])
        gate.go.set()
        assert edge.lane.answer().body == b'/wait'
        assert edge.lane.answer().body == b'/later'


def test_recall_of_an_idle_unit_is_answered_empty():
    with edge_for(echo) as edge:
        edge.recall()
        recalled = edge.lane.next()
        assert (recalled.type, recalled.payload) == (lanes.RECALLED, b'')
        assert edge.ask().is_whole


def test_recall_finds_drain_behind_the_requests():
    gate = Gate()
    with edge_for(gate) as edge:
        edge.lane.send(request_frame(1, path='/wait'))
        assert gate.entered.wait(5)
        edge.lane.send(request_frame(2), lanes.render(lanes.DRAIN, 0))
        edge.recall()
        assert read_words(edge.lane.next()) == [2]
        gate.go.set()
        assert edge.lane.answer().body == b'/wait'
        assert edge.lane.ended()
        assert edge.worker.has_left.wait(5)


def test_recall_of_one_edge_leaves_the_others_requests():
    gate = Gate()
    with edge_for(gate, edges=2) as edge:
        edge.requests[0, 0].send(request_frame(1, path='/wait'))
        assert gate.entered.wait(5)
        edge.requests[0, 0].send(request_frame(2))
        edge.requests[0, 1].send(request_frame(3, path='/other'))
        edge.recall(edge=0)
        assert read_words(edge.requests[0, 0].next()) == [2]
        gate.go.set()
        assert edge.requests[0, 1].answer().body == b'/other'


def test_a_request_whose_client_left_before_it_began_is_given_back():
    gate = Gate()
    with edge_for(gate) as edge:
        edge.lane.send(request_frame(1, path='/wait'), request_frame(2, path='/gone'), request_frame(3))
        assert gate.entered.wait(5)
        edge.abort(2)
        edge.wait_for_abort(2)
        gate.go.set()
        assert edge.lane.answer().body == b'/wait'
        recalled = edge.lane.next()
        assert (recalled.type, read_words(recalled)) == (lanes.RECALLED, [2])
        assert edge.lane.answer().body == b'/'
    assert gate.called == ['/wait', '/']


def test_abort_of_an_answered_request_does_no_harm():
    with edge_for(echo) as edge:
        edge.ask(1)
        edge.abort(1)
        edge.wait_for_abort(1)
        assert edge.ask(2).is_whole


def test_a_long_send_goes_on_where_the_kernel_has_stopped_it():
    here, there = socket.socketpair()
    here.settimeout(5)  # As by socket.setdefaulttimeout of an application: then sendmsg may send a part.
    lane = Lane(0, 0)
    lane.connect(here)
    sent = [b'collected', b'head', bytes(range(250)) * 4000, b'end']
    lane.out.append(sent[0])
    sender = threading.Thread(target=lane.send, args=sent[1:])
    sender.start()
    received = b''
    there.settimeout(5)
    while len(received) < sum(map(len, sent)):
        received += there.recv(100_000)
    sender.join(5)
    assert received == b''.join(sent)
    assert not lane.is_lost
    here.close()
    there.close()


def test_recall_during_a_long_send_is_answered_when_it_ends():
    here, there = socket.socketpair()
    lane = Lane(0, 0)
    lane.connect(here)
    lane.out.append(bytes(4 << 20))
    sender = threading.Thread(target=lane.flush)
    sender.start()
    while not lane.sending.locked():
        time.sleep(0.001)
    lane.recall()
    received = b''
    there.settimeout(5)
    while len(received) < (4 << 20) + lanes.HEADER.size:
        received += there.recv(1 << 20)
    sender.join(5)
    assert received.endswith(lanes.render(lanes.RECALLED, 0))
    here.close()
    there.close()
