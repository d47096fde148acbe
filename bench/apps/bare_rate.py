"""How often one process can call an application when no server is in the way: the limit of any server.

    python bare_rate.py news.wsgi:application 2

Prints JSON: calls, seconds, and seconds of the processor.
"""

import importlib
import io
import json
import sys
import time

from browser import FIELDS

WARM_CALLS = 200
CALLS_BETWEEN_LOOKS = 20


def make_environ():
    environ = {
        'REQUEST_METHOD': 'GET',
        'SCRIPT_NAME': '',
        'PATH_INFO': '/',
        'QUERY_STRING': '',
        'RAW_URI': '/',
        'REQUEST_URI': '/',
        'SERVER_NAME': '127.0.0.1',
        'SERVER_PORT': '8000',
        'SERVER_PROTOCOL': 'HTTP/1.1',
        'REMOTE_ADDR': '127.0.0.1',
        'REMOTE_PORT': '40000',
        'HTTP_HOST': '127.0.0.1:8000',
        'wsgi.version': (1, 0),
        'wsgi.url_scheme': 'http',
        'wsgi.errors': sys.stderr,
        'wsgi.multithread': False,
        'wsgi.multiprocess': True,
        'wsgi.run_once': False,
    }
    environ.update(('HTTP_' + name.upper().replace('-', '_'), value) for name, value in FIELDS)
    return environ


def call(application, environ):
    def start_response(status, headers, exc_info=None):
        assert status == '200 OK', status

    response = application({**environ, 'wsgi.input': io.BytesIO()}, start_response)
    for _ in response:
        pass
    if hasattr(response, 'close'):
        response.close()


def main(name, seconds):
    module, _, attribute = name.partition(':')
    application = getattr(importlib.import_module(module), attribute)
    environ = make_environ()
    for _ in range(WARM_CALLS):
        call(application, environ)
    calls, began, cpu_began = 0, time.perf_counter(), time.process_time()
    while time.perf_counter() - began < seconds:
        for _ in range(CALLS_BETWEEN_LOOKS):
            call(application, environ)
        calls += CALLS_BETWEEN_LOOKS
    took = {'seconds': time.perf_counter() - began, 'cpuSeconds': time.process_time() - cpu_began}
    print(json.dumps({'calls': calls, **took}))


main(sys.argv[1], float(sys.argv[2]))
