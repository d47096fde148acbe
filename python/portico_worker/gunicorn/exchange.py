"""What happens around a request where hooks or a logger see it; the same for WSGI and ASGI."""

from __future__ import annotations

from datetime import timedelta
from http import HTTPStatus
from time import monotonic
from typing import TYPE_CHECKING, Any

from .request import Request, Response

if TYPE_CHECKING:
    from .hook_table import Hook
    from .worker import Worker

FAILED = f'500 {HTTPStatus.INTERNAL_SERVER_ERROR.phrase}'
"""What the client of an application gets that raises before it has said a status."""


class Watch:
    """The hooks of requests, and the logger if it is to hear of each."""

    def __init__(self, worker: Worker, hooks: dict[str, Hook], is_logged: bool) -> None:
        self.worker = worker
        self.before = hooks.get('pre_request')
        self.after = hooks.get('post_request')
        self.access = worker.log.access if is_logged else None
        worker.counts = True

    @property
    def is_needed(self) -> bool:
        return bool(self.before or self.after or self.access)


class Exchange:
    __slots__ = ('began', 'environ', 'req', 'resp', 'watch')

    def __init__(self, watch: Watch, environ: dict[str, Any]) -> None:
        self.watch = watch
        self.environ = environ
        self.req = Request(environ)
        self.resp = Response(self.req, watch.worker.cfg)

    def begin(self) -> None:
        """What `pre_request` raises is answered with 500, and the application is not called."""
        watch = self.watch
        self.began = monotonic()
        if watch.before is not None:
            watch.before(watch.worker, self.req)
            self.req.settle()
        watch.worker.handles_request()
        self.began = monotonic()

    def log(self) -> None:
        access = self.watch.access
        if access is not None:
            resp = self.resp
            if resp.status is None:
                resp.begin(FAILED, ())
            try:
                access(resp, self.req, self.environ, timedelta(seconds=monotonic() - self.began))
            except Exception:
                self.watch.worker.log.exception('Exception in the access log')

    def end(self) -> None:
        watch = self.watch
        if watch.after is not None:
            try:
                watch.after(watch.worker, self.req, self.environ, self.resp)
            except Exception:
                watch.worker.log.exception('Exception in post_request hook')
