"""What of uWSGI's module is not offered, and what to take instead."""

from __future__ import annotations

_WEBSOCKET = 'Portico speaks WebSocket itself: an ASGI application, or flask-sock and Flask-SocketIO (simple-websocket) under WSGI, have it without uwsgi.websocket_*'
_ASYNC = 'the loop of uWSGI does not run here. Take --gevent, with time.sleep and sockets as gevent has them, or an ASGI application'
_QUEUE = 'there is no shared queue. Take a spooler, mules, or Redis'
_METRIC = 'there are no metrics of uWSGI. Count with prometheus_client, or in a cache by uwsgi.cache_inc'
_LEGION = 'there are no legions. Take a lock in Redis or in the database to be one of several machines'
_SNMP = 'there is no SNMP. `portico status` and the stats server tell the numbers'
_CHUNKED = 'wsgi.input of the request has the body, whatever its framing'
_SOCKET = 'the sockets of uWSGI are not offered. Take the module socket'

REASONS = {
    **dict.fromkeys(
        (
            *('websocket_handshake', 'websocket_recv', 'websocket_recv_nb', 'websocket_send'),
            'websocket_send_binary',
        ),
        _WEBSOCKET,
    ),
    **dict.fromkeys(
        (
            *('async_sleep', 'async_connect', 'suspend', 'green_schedule', 'wait_fd_read', 'wait_fd_write'),
            *('ready_fd', 'request_context'),
        ),
        _ASYNC,
    ),
    **dict.fromkeys(
        (
            *('queue_get', 'queue_set', 'queue_last', 'queue_push', 'queue_pull', 'queue_pop', 'queue_slot'),
            'queue_pull_slot',
        ),
        _QUEUE,
    ),
    **dict.fromkeys(
        (
            *('metric_inc', 'metric_dec', 'metric_mul', 'metric_div', 'metric_get', 'metric_set'),
            *('metric_set_max', 'metric_set_min'),
        ),
        _METRIC,
    ),
    **dict.fromkeys(('i_am_the_lord', 'lord_scroll', 'scrolls'), _LEGION),
    **dict.fromkeys(
        (
            *(
                f'snmp_{verb}_{kind}'
                for verb in ('set', 'incr', 'decr')
                for kind in ('counter32', 'counter64', 'gauge')
            ),
            'snmp_set_community',
        ),
        _SNMP,
    ),
    **dict.fromkeys(('chunked_read', 'chunked_read_nb'), _CHUNKED),
    **dict.fromkeys(('connect', 'is_connected', 'send', 'recv', 'close', 'connection_fd'), _SOCKET),
    'disconnect': 'the server has the connection of the client. Return the response, and go on in a thread or a spooler',
    'sendfile': 'return environ["wsgi.file_wrapper"](file), or name the file by X-Sendfile: Portico sends it',
    'offload': 'workers have nothing to do with files and slow clients here. Return the response',
    'route': 'there is no internal routing. The server in front routes, or a portico.toml',
    'alarm': 'there are no alarms. Log the event, and watch the log',
    'listen_queue': '`portico status` and the stats server tell how many wait',
    'extract': 'read the file by open()',
    'embedded_data': 'there is no data in the program. Read a file',
    'erlang_register_process': 'Erlang is not spoken',
    'send_multicast_message': 'take the module socket',
}
