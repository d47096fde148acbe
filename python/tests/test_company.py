"""Answers that are quick to make wait for those of the requests behind them, and leave in one send."""

import pytest

from fake_edge import edge_for, read_words, request_frame
from portico_worker import lanes
from portico_worker.wsgi.unit import HELD_S
from sample_apps import Closing, Gate

LARGE = bytes(40_000)


class Pages(Gate):
    """Answers with an iterable of one block and a declared length, as Django does; /wait waits until it is let go."""

    def __init__(self):
        super().__init__()
        self.given = []
        self.now = 0.0
        """What the worker's clock says: no machine is too slow for an answer to be quick."""

    def __call__(self, environ, start):
        path = environ['PATH_INFO']
        if path == '/wait':
            return super().__call__(environ, start)
        if path == '/slow':
            self.now += 2 * HELD_S
        block = LARGE if path == '/large' else path.encode()
        blocks = [b'/', b'stream'] if path == '/stream' else [block]
        start('200 OK', [('Content-Length', str(sum(map(len, blocks))))])
        self.given.append(Closing(blocks))
        return self.given[-1]


@pytest.fixture
def site(monkeypatch):
    """The application, waiting in /wait when `begin` returns, and the edge's end of its lane."""
    pages = Pages()
    monkeypatch.setattr('portico_worker.wsgi.unit.perf_counter', lambda: pages.now)
    with edge_for(pages) as edge:

        def begin(*paths, method='GET'):
            edge.lane.send(*(request_frame(n, path=path, method=method) for n, path in enumerate(paths, 1)))
            assert pages.entered.wait(5)
            return pages, edge

        yield begin
        pages.go.set()


def streams(edge, count):
    return [edge.lane.next().stream for _ in range(count)]


def test_they_wait_while_more_is_pending_and_are_closed_meanwhile(site):
    pages, edge = site('/1', '/2', '/wait', '/4')
    assert edge.lane.is_quiet()
    assert [page.closed for page in pages.given] == [1, 1]
    pages.go.set()
    assert streams(edge, 4) == [1, 2, 3, 4]


def test_a_recall_sends_them(site):
    _, edge = site('/1', '/2', '/wait', '/4')
    edge.recall()
    assert streams(edge, 2) == [1, 2]
    assert read_words(edge.lane.next()) == [4]


def test_one_does_not_wait_for_one_other(site):
    _, edge = site('/1', '/wait')
    assert streams(edge, 1) == [1]


def test_blocks_of_a_stream_leave_at_once(site):
    _, edge = site('/stream', '/wait', '/3', '/4')
    assert edge.lane.answer().kinds == [lanes.RESPONSE, lanes.DATA, lanes.END]


def test_what_is_not_safe_to_make_again_leaves_at_once(site):
    _, edge = site('/1', '/2', '/wait', '/4', method='POST')
    assert streams(edge, 2) == [1, 2]


def test_slow_ones_leave_at_once_and_so_does_what_follows_them(site):
    _, edge = site('/slow', '/2', '/wait', '/4', '/5')
    assert streams(edge, 2) == [1, 2]


def test_so_many_bytes_do_not_wait(site):
    _, edge = site('/large', '/large', '/3', '/wait', '/5', '/6')
    assert streams(edge, 2) == [1, 2]
    assert edge.lane.is_quiet()
