"""The codec against the vectors that it shares with the edge."""

import json
import pathlib

import pytest

from portico_worker import lanes

VECTORS = pathlib.Path(__file__).resolve().parents[2] / 'tests' / 'vectors' / 'lanes'


def vectors(name):
    return [pytest.param(vector, id=vector['name']) for vector in json.loads((VECTORS / name).read_text('utf-8'))]


def feed(data, size):
    """The frames that come out when it comes in pieces, and the fault that ends them."""
    reader, frames = lanes.FrameReader(), []
    try:
        for at in range(0, len(data), size):
            frames += reader.feed(data[at : at + size])
    except lanes.Fault as fault:
        return frames, str(fault)
    return frames, None


@pytest.mark.parametrize('vector', vectors('frames.json'))
@pytest.mark.parametrize('size', [1, 2, 7, 1 << 20])
def test_frames(vector, size):
    data = bytes.fromhex(vector['hex'])
    frames, fault = feed(data, size)
    assert fault == vector.get('fault')
    if fault is None or size == 1:
        assert [(f.type, f.stream, f.payload.hex()) for f in frames] == [
            (f['type'], f['stream'], f['payload']) for f in vector['frames']
        ]


@pytest.mark.parametrize('vector', vectors('frames.json'))
def test_frames_are_written_as_they_are_read(vector):
    if 'fault' not in vector:
        written = b''.join(lanes.render(f['type'], f['stream'], bytes.fromhex(f['payload'])) for f in vector['frames'])
        assert written.hex() == vector['hex']


@pytest.mark.parametrize('vector', vectors('requests.json'))
def test_requests(vector):
    payload = bytes.fromhex(vector['hex'])
    if 'fault' in vector:
        with pytest.raises(lanes.Fault, match=vector['fault']):
            lanes.read_request(payload)
        return
    request = lanes.read_request(payload)
    assert request.flags == vector['flags']
    assert request.request.decode('latin-1').split('\0') == vector['request']
    assert request.block.decode('latin-1').split('\0') == vector['block']
    assert request.body.hex() == vector['body']


@pytest.mark.parametrize('vector', vectors('frames.json'))
def test_scanning_finds_the_requests_that_come_first(vector):
    """The fast path and the plain one agree on where the first frame is that is not a whole request."""
    data = bytes.fromhex(vector['hex'])
    for end in range(len(data) + 1):
        heads = []
        position = lanes.scan_requests(data[:end], 0, heads.append)
        first, expected = 0, []
        for frame in vector['frames']:
            size = 8 + len(frame['payload']) // 2
            if frame['type'] != lanes.REQUEST or first + size > end:
                break
            expected.append((size - 8, frame['type'] | frame['stream'] << 8))
            first += size
        assert [head[:2] for head in heads] == expected
        assert position == first


def test_missing_asks_for_the_rest_of_a_frame():
    data = lanes.render(lanes.REQUEST, 1, bytes(200_000))
    assert lanes.missing(b'', 100) == 100
    assert lanes.missing(data[:7], 100) == 100
    assert lanes.missing(data[:8], 100) == 200_000
    assert lanes.missing(data[:-5], 100) == 100
    assert lanes.missing(b'\xff' * 8, 100) == lanes.REQUEST_MAX


def test_words():
    frame = lanes.FrameReader().feed(lanes.render_words(lanes.RECALLED, 0, 1, 0xFFFFFF))[0]
    assert lanes.read_words(frame.payload) == (1, 0xFFFFFF)
    with pytest.raises(lanes.Fault, match=r'lanes\.words'):
        lanes.read_words(b'123')
