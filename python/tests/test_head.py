import pytest

from portico_worker.wsgi import head
from portico_worker.wsgi.head import render_head


def text(status, headers):
    rendered, length = render_head(status, headers)
    assert int.from_bytes(rendered[:4], 'little') == len(rendered) - 4
    return rendered[4:].decode('latin-1'), length


def test_a_head_is_joined_as_it_was_given():
    fields = [
        ('Set-Cookie', 'a=1'),
        ('X-Empty', ''),
        ('x-lower', 'L\tv'),
        ('Set-Cookie', 'b=2'),
        ('X-L', '\xa0\xff\x80'),
    ]
    expected = '\0'.join(['299 Custom (Reason), Phrase', *(part for field in fields for part in field)])
    assert text('299 Custom (Reason), Phrase', fields) == (expected, -1)


@pytest.mark.parametrize('status', ['200 OK', '200', '200 ', '999 x', '404 Nicht gefunden \xe4'])
def test_good_status(status):
    assert text(status, []) == (status, -1)


@pytest.mark.parametrize(
    'status',
    [
        '',
        'abc',
        '99 x',
        '2000 x',
        '100 Continue',
        '103 Hints',
        'OK 200',
        '200OK',
        '200 a\rb',
        '200 a\nb',
        '200 \x00',
        '200 \x7f',
        '200 €',
        ' 200 OK',
        '٢٠٠ OK',
    ],
)
def test_bad_status(status):
    with pytest.raises(ValueError, match='the status must be'):
        render_head(status, [])


@pytest.mark.parametrize('status', [200, b'200 OK', None])
def test_status_of_another_type(status):
    with pytest.raises(TypeError, match='the status must be a str'):
        render_head(status, [])


@pytest.mark.parametrize(
    'field',
    [
        ('X', 'a\r\nY: b'),
        ('X', 'a\nb'),
        ('X', 'a\rb'),
        ('X', 'a\x00b'),
        ('X', 'a\x00b\x00c'),
        ('X', '\x7f'),
        ('X', '€'),
        ('X\r\nY', 'v'),
        ('X Y', 'v'),
        ('X:', 'v'),
        ('', 'v'),
        ('Xä', 'v'),
        ('X\x00Y', 'v'),
        ('X\n', 'v'),
        ('X', 'v\n'),
    ],
)
def test_bad_field(field):
    with pytest.raises(ValueError, match='header'):
        render_head('200 OK', [('A', 'b'), field])


@pytest.mark.parametrize(
    'field', [('X', 7), ('X', None), ('X', b'v'), (b'X', 'v'), ('X', 'y', 'z'), ['X', 'v'], 'Xv', None]
)
def test_field_of_another_type(field):
    with pytest.raises(TypeError, match='header'):
        render_head('200 OK', [field])


@pytest.mark.parametrize('headers', [None, {'X': 'v'}, 'X: v', iter([('X', 'v')])])
def test_headers_of_another_type(headers):
    with pytest.raises(TypeError, match='must be a list of tuples'):
        render_head('200 OK', headers)


@pytest.mark.parametrize('value', ['0', '4', '007', '9' * 15])
def test_content_length(value):
    assert text('200 OK', [('content-LENGTH', value)])[1] == int(value)


@pytest.mark.parametrize('value', ['', 'abc', '-4', '+4', '4, 4', '0_4', '0x4', ' 4', '9' * 16, '\xb2', '4.0'])
def test_bad_content_length(value):
    with pytest.raises(ValueError, match='Content-Length must be one number'):
        render_head('200 OK', [('Content-Length', value)])


@pytest.mark.parametrize('second', ['4', '5'])
def test_two_content_lengths(second):
    with pytest.raises(ValueError, match='one number'):
        render_head('200 OK', [('Content-Length', '4'), ('content-length', second)])


def test_a_head_that_fits_no_frame():
    with pytest.raises(ValueError, match='bytes'):
        render_head('200 OK', [('X', 'v' * (1 << 20))])


def test_the_memory_is_bounded_and_keeps_nothing_of_one_client():
    head.remembered.clear()
    for number in range(3 * head.REMEMBERED_MAX):
        render_head('200 OK', [('X', str(number))])
        assert len(head.remembered) <= head.REMEMBERED_MAX
    head.remembered.clear()
    render_head('200 OK', [('X', 'v' * head.REMEMBERED_BYTES_MAX)])
    render_head('200 OK', [('set-COOKIE', 'secret=1')])
    assert head.remembered == {}


@pytest.mark.parametrize('name', ['X-Accel-Redirect', 'x-sendfile'])
def test_the_length_of_a_file_that_is_named_is_not_that_of_the_body(name):
    assert render_head('200 OK', [('Content-Length', '1000'), (name, '/files/a')])[1] == -1
    with pytest.raises(ValueError, match='Content-Length must be one number'):
        render_head('200 OK', [('Content-Length', 'x'), (name, '/files/a')])
