"""wsgi.early_hints: a 103 before the response."""

import pytest

from fake_edge import request_frame
from portico_worker import lanes
from site_under_zygote import write_app
from test_gunicorn_hooks import start

APP = """
    def application(environ, start):
        hint, path = environ['wsgi.early_hints'], environ['PATH_INFO']
        if path == '/wrong':
            hint([('Link', 'a\\nb')])
        if path == '/large':
            for _ in range(100):
                hint([('Link', 'x' * 1024)])
        hint([('Link', '</a.css>; rel=preload'), (b'X-B', b'2')])
        hint([])
        start('200 OK', [])
        if path == '/late':
            return late(hint)
        return [b'body']
    def late(hint):
        hint([('Link', 'before the first block')])
        yield b'body'
        hint([('Link', 'too late')])
"""


@pytest.fixture
def lane(site):
    start(site, 'x = 1')
    write_app(site, APP)
    site.hear('loaded')
    (lane,) = site.spawn_ready().values()
    return lane


def frames_for(lane, path):
    lane.send(request_frame(5, path=path))
    return lane.answer().frames


def test_hints_are_sent_before_the_response(lane):
    hints, answer = frames_for(lane, '/')
    assert (hints.type, hints.stream) == (lanes.HINTS, 5)
    assert hints.payload == b'Link\0</a.css>; rel=preload\0X-B\x002'
    assert answer.type == lanes.RESPONSE_WHOLE


def test_hints_of_a_response_that_has_begun_are_not_sent(lane):
    frames = frames_for(lane, '/late')
    assert [frame.type for frame in frames] == [lanes.HINTS, lanes.HINTS, lanes.RESPONSE, lanes.END]
    assert frames[1].payload == b'Link\0before the first block'


def test_what_is_no_field_is_refused(lane):
    (failed,) = frames_for(lane, '/wrong')
    assert failed.type == lanes.FAILED
    assert b'ValueError' in failed.payload


def test_hints_are_bounded(lane):
    assert len(frames_for(lane, '/large')) == 63 + 2


def test_outside_of_a_request_nothing_is_sent():
    from portico_worker.wsgi.early_hints import early_hints

    early_hints([('Link', 'a')])
