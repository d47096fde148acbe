"""A waiting room: many clients wait at a time in one worker, each in a greenlet.

portico serve app:app --worker-class gevent --workers 1
"""

from __future__ import annotations

import time
from collections.abc import Iterator

from flask import Flask, Response, jsonify, request
from gevent.event import Event

BLOCK = b'x' * 65_536
NAP_S = 0.5

app = Flask(__name__)
room: list[str] = []
bell = Event()


@app.get('/wait')
def wait():
    """Until somebody rings."""
    name = request.args.get('name', '')
    room.append(name)
    bell.wait()
    room.remove(name)
    return f'{name} is called\n'


@app.get('/room')
def waiting():
    return jsonify(sorted(room))


@app.post('/ring')
def ring():
    bell.set()
    bell.clear()
    return '', 204


@app.get('/nap')
def nap():
    """The library's own sleep, which gevent has changed."""
    time.sleep(NAP_S)
    return 'rested\n'


@app.post('/size')
def size():
    return jsonify(len(request.get_data()))


@app.get('/calls')
def calls():
    """A line each time somebody rings, three times."""

    def lines() -> Iterator[str]:
        yield 'listening\n'
        for number in range(3):
            bell.wait()
            yield f'{number}\n'

    return Response(lines(), mimetype='text/plain')


@app.get('/blocks')
def blocks():
    return Response(BLOCK for _ in range(int(request.args['count'])))


@app.get('/fault')
def fault():
    raise ValueError('a fault of the application')
