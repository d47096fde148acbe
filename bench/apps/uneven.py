"""A request takes 0.2 ms of the processor, or waits 200 ms (as for a database) when its path is /slow."""

import time

FAST_SECONDS = 0.0002
SLOW_SECONDS = 0.2


def application(environ, start_response):
    if environ['PATH_INFO'] == '/slow':
        time.sleep(SLOW_SECONDS)
    else:
        end = time.perf_counter() + FAST_SECONDS
        while time.perf_counter() < end:
            pass
    start_response('200 OK', [('Content-Type', 'text/plain'), ('Content-Length', '2')])
    return [b'ok']
