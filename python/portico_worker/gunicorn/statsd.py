"""Gunicorn's logger that also counts, in datagrams of statsd."""

from __future__ import annotations

import logging
import re
import socket
from datetime import timedelta
from typing import Any

from .config import Config
from .logger import Logger

METRIC_VAR, VALUE_VAR, MTYPE_VAR = 'metric', 'value', 'mtype'
"""Keys of `extra`, by which a line of the log carries a number."""
GAUGE_TYPE, COUNTER_TYPE, HISTOGRAM_TYPE, TIMER_TYPE = 'gauge', 'counter', 'histogram', 'timer'


class Statsd(Logger):
    def __init__(self, cfg: Config) -> None:
        super().__init__(cfg)
        self.prefix = re.sub(r'^(.+[^.]+)\.*$', '\\g<1>.', cfg.value('statsd_prefix', ''))
        self.dogstatsd_tags = cfg.value('dogstatsd_tags', '')
        self.sock = _connected(cfg.value('statsd_host'))

    def critical(self, msg: Any, *args: Any, **kwargs: Any) -> None:
        super().critical(msg, *args, **kwargs)
        self.increment('gunicorn.log.critical', 1)

    def error(self, msg: Any, *args: Any, **kwargs: Any) -> None:
        super().error(msg, *args, **kwargs)
        self.increment('gunicorn.log.error', 1)

    def warning(self, msg: Any, *args: Any, **kwargs: Any) -> None:
        super().warning(msg, *args, **kwargs)
        self.increment('gunicorn.log.warning', 1)

    def exception(self, msg: Any, *args: Any, **kwargs: Any) -> None:
        super().exception(msg, *args, **kwargs)
        self.increment('gunicorn.log.exception', 1)

    def info(self, msg: Any, *args: Any, **kwargs: Any) -> None:
        self.log(logging.INFO, msg, *args, **kwargs)

    def debug(self, msg: Any, *args: Any, **kwargs: Any) -> None:
        self.log(logging.DEBUG, msg, *args, **kwargs)

    def log(self, lvl: Any, msg: Any, *args: Any, **kwargs: Any) -> None:
        extra = kwargs.get('extra') or {}
        metric, value, kind = extra.get(METRIC_VAR), extra.get(VALUE_VAR), extra.get(MTYPE_VAR)
        if metric and value is not None and kind:
            self._count(kind, metric, value)
        if msg:
            super().log(lvl, msg, *args, **kwargs)

    def _count(self, kind: str, metric: str, value: Any) -> None:
        if kind == GAUGE_TYPE:
            self.gauge(metric, value)
        elif kind == COUNTER_TYPE:
            self.increment(metric, value)
        elif kind == HISTOGRAM_TYPE:
            self.histogram(metric, value)
        elif kind == TIMER_TYPE:
            self.timer(metric, value)

    def access(self, resp: Any, req: Any, environ: dict[str, Any], request_time: timedelta) -> None:
        super().access(resp, req, environ, request_time)
        status = resp.status.split(None, 1)[0] if isinstance(resp.status, str) else resp.status
        self.timer('gunicorn.request.duration', request_time.seconds * 1000 + request_time.microseconds / 1000)
        self.increment('gunicorn.requests', 1)
        self.increment(f'gunicorn.request.status.{int(status)}', 1)

    def gauge(self, name: str, value: Any) -> None:
        self._sock_send(f'{self.prefix}{name}:{value}|g')

    def increment(self, name: str, value: Any, sampling_rate: float = 1.0) -> None:
        self._sock_send(f'{self.prefix}{name}:{value}|c|@{sampling_rate}')

    def decrement(self, name: str, value: Any, sampling_rate: float = 1.0) -> None:
        self._sock_send(f'{self.prefix}{name}:-{value}|c|@{sampling_rate}')

    def timer(self, name: str, value: Any) -> None:
        self._sock_send(f'{self.prefix}{name}:{value}|ms')

    def histogram(self, name: str, value: Any) -> None:
        self._sock_send(f'{self.prefix}{name}:{value}|h')

    def _sock_send(self, text: str) -> None:
        tags = f'|#{self.dogstatsd_tags}' if self.dogstatsd_tags else ''
        if self.sock is not None:
            try:
                self.sock.send((text + tags).encode('ascii', 'backslashreplace'))
            except OSError:
                pass  # Nobody listens there now: counts are not worth a line for each request.


def _connected(host: Any) -> socket.socket | None:
    """`host`: 'HOST:PORT', the pair of them, or 'unix:///path'."""
    family, address = socket.AF_INET, host
    if isinstance(host, str) and '/' in host:
        family, address = socket.AF_UNIX, host.partition('unix://')[2] or host
    else:
        name, port = host.rsplit(':', 1) if isinstance(host, str) else host
        address = (name, int(port))
    connection = socket.socket(family, socket.SOCK_DGRAM)
    try:
        connection.connect(address)
    except OSError:
        connection.close()
        return None
    return connection
