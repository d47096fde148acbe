"""Threads for which it is useless to wait, as the kernel shows them."""

import socket
import threading
import time

import pytest

from fake_edge import until
from portico_worker.still_threads import STILL_S, StillThreads, _system_call

LATER = STILL_S + 1


@pytest.fixture
def begin():
    """Starts threads that end with the test."""
    ends = []

    def begin(target, end):
        thread = threading.Thread(target=target)
        thread.start()
        ends.append((thread, end))
        return thread

    yield begin
    for thread, end in ends:
        end()
        thread.join()


def look_twice(*threads):
    still = StillThreads()
    return still.are_all(threads, 0), still.are_all(threads, LATER)


def test_one_that_sleeps_or_waits_for_a_lock_is_still_when_that_has_lasted(begin):
    event = threading.Event()
    waits = begin(event.wait, event.set)
    sleeps = begin(lambda: time.sleep(0.5), lambda: None)
    until(lambda: all(_system_call(thread.native_id) not in ('', 'running') for thread in (waits, sleeps)))
    still = StillThreads()
    assert not still.are_all([waits, sleeps], 0)
    assert not still.are_all([waits, sleeps], STILL_S / 2)
    assert still.are_all([waits, sleeps], LATER)


def test_one_that_waits_for_a_socket_is_not(begin):
    ours, theirs = socket.socketpair()
    reads = begin(lambda: ours.recv(1), lambda: theirs.send(b'x'))
    time.sleep(0.05)
    assert look_twice(reads) == (False, False)


def test_one_that_runs_now_and_then_is_not(begin):
    is_over = threading.Event()
    turns = []

    def work():
        while not is_over.wait(0.001):
            turns.append(1)

    works = begin(work, is_over.set)
    still = StillThreads()
    assert not still.are_all([works], 0)
    seen = len(turns)
    until(lambda: len(turns) > seen + 2)
    assert not still.are_all([works], LATER)


def test_a_thread_that_has_ended_is_not_taken_for_still():
    thread = threading.Thread(target=int)
    thread.start()
    thread.join()
    assert look_twice(thread) == (False, False)


def test_the_main_thread_and_the_workers_own_do_not_count(begin):
    event = threading.Event()
    waits = begin(event.wait, event.set)
    ours = threading.Thread(target=int, name='portico-helper')
    until(lambda: _system_call(waits.native_id) not in ('', 'running'))
    assert look_twice(threading.main_thread(), ours, waits) == (False, True)


def test_where_there_are_no_others_nothing_is_waited_for_in_vain():
    ours = threading.Thread(target=int, name='portico-helper')
    assert look_twice(threading.main_thread(), ours) == (False, False)
