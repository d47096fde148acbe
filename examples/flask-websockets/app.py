"""WebSockets of a WSGI application, by flask-sock and by Flask-SocketIO. Each occupies a thread, or a greenlet.

portico serve app:app --workers 1 --threads 100
portico serve app:app --workers 1 --worker-class gevent
"""

from __future__ import annotations

import sys

from flask import Flask
from flask_sock import Sock
from flask_socketio import SocketIO, emit

app = Flask(__name__)
sock = Sock(app)
# By itself it would take gevent wherever that is installed, and not only where it runs the application.
sockets = SocketIO(app, async_mode='gevent' if 'gevent.monkey' in sys.modules else 'threading')


@sock.route('/echo')
def echo(ws):
    while (message := ws.receive()) != 'bye':
        ws.send(message)


@sock.route('/refusing')
def refusing(ws):
    raise ValueError('a fault of the application')


@sockets.on('say')
def say(text):
    """To everybody, with how it is run."""
    emit('said', f'{text} ({sockets.async_mode})', broadcast=True)


@app.get('/news')
def news():
    sockets.emit('said', 'news')
    return '', 204
