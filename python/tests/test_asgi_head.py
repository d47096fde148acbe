"""What an application may give as the head of a response."""

import http

import pytest

from portico_worker import lanes
from portico_worker.asgi import head as heads
from portico_worker.asgi.head import find_head, render_fields


@pytest.fixture(autouse=True)
def nothing_remembered():
    heads.remembered.clear()


def text(status, headers):
    head, length, is_bodiless = find_head(status, headers)
    assert is_bodiless is (status in (204, 205, 304))
    assert int.from_bytes(head[:4], 'little') == len(head) - 4
    return head[4:], length


@pytest.mark.parametrize(
    'headers',
    [
        [(b'content-length', b'5'), (b'x-a', b'caf\xe9')],
        ((b'content-length', b'5'), [b'x-a', b'caf\xe9']),
        ((name, value) for name, value in [(b'content-length', b'5'), (b'x-a', b'caf\xe9')]),
    ],
)
def test_any_iterable_of_pairs(headers):
    assert text(200, headers) == (b'200\0content-length\x005\0x-a\0caf\xe9', 5)


def test_no_fields_at_all():
    assert text(304, ()) == (b'304', -1)
    assert text(404, ()) == (b'404', -1)
    assert text(http.HTTPStatus.NOT_FOUND, []) == (b'404', -1)


@pytest.mark.parametrize(
    ('status', 'headers', 'words'),
    [
        (None, (), 'status must be an int'),
        ('200', (), 'status must be an int'),
        (200.0, (), 'status must be an int'),
        (True, (), 'status must be an int'),
        (200, None, 'must be an iterable of pairs'),
        (200, 5, 'must be an iterable of pairs'),
        (200, [b'x'], 'must be a pair|must be bytes'),
        (200, [b'ab'], 'must be bytes'),
        (200, [(b'a',)], 'must be a pair'),
        (200, [(b'a', b'b', b'c')], 'must be a pair'),
        (200, [5], 'must be a pair'),
        (200, [('a', b'b')], 'must be bytes'),
        (200, [(b'a', 'b')], 'must be bytes'),
        (200, {'content-type': 'text/plain'}, 'must be a pair'),
    ],
)
def test_wrong_types(status, headers, words):
    with pytest.raises(TypeError, match=words):
        find_head(status, headers)


@pytest.mark.parametrize(
    ('status', 'headers', 'words'),
    [
        (199, (), 'from 200 to 999'),
        (1000, (), 'from 200 to 999'),
        (200, [(b'a', b'1\r\nb: 2')], 'control character'),
        (200, [(b'a', b'1\nb')], 'control character'),
        (200, [(b'a', b'1\0b')], 'control character'),
        (200, [(b'a\0b', b'c')], 'not a token'),
        (200, [(b'a: 1\r\nb', b'c')], 'not a token'),
        (200, [(b'', b'c')], 'not a token'),
        (200, [(b':status', b'200')], 'not a token'),
        (200, [(b'a b', b'c')], 'not a token'),
        (200, [(b'content-length', b'-1')], 'Content-Length must be one number'),
        (200, [(b'Content-Length', b'1'), (b'content-length', b'1')], 'Content-Length must be one number'),
        (200, [(b'content-length', b'1' * 16)], 'Content-Length must be one number'),
        (200, [(b'a', b'x' * lanes.PAYLOAD_MAX)], 'is the most'),
    ],
)
def test_what_may_not_be_sent(status, headers, words):
    with pytest.raises(ValueError, match=words):
        find_head(status, headers)


def test_heads_are_remembered_but_for_cookies_and_long_ones():
    find_head(200, [(b'a', b'b')])
    find_head(200, [[b'c', b'd']])
    find_head(200, [(b'Set-Cookie', b'sid=1')])
    find_head(200, [(b'a', b'x' * heads.REMEMBERED_BYTES_MAX)])
    assert set(heads.remembered) == {(200, ((b'a', b'b'),)), (200, ((b'c', b'd'),))}
    for number in range(2 * heads.REMEMBERED_MAX):
        find_head(200, [(b'a', b'%d' % number)])
    assert len(heads.remembered) <= heads.REMEMBERED_MAX


def test_fields_alone():
    assert render_fields([(b'a', b'b'), [b'c', b'']]) == b'a\0b\0c\0'
    assert render_fields(()) == b''
    for wrong, error in (([(b'a', b'\n')], ValueError), (5, TypeError), ([('a', 'b')], TypeError)):
        with pytest.raises(error):
            render_fields(wrong)
    with pytest.raises(ValueError, match='is the most'):
        render_fields([(b'a', b'x' * lanes.PAYLOAD_MAX)])


@pytest.mark.parametrize('name', [b'X-Accel-Redirect', b'x-sendfile'])
def test_the_length_of_a_file_that_is_named_is_not_that_of_the_body(name):
    assert find_head(200, [(b'content-length', b'1000'), (name, b'/files/a')])[1] == -1
