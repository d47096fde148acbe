"""A worker of a real zygote whose application does something to its process, by whichever interface it is called."""

import os
import signal

from asgi_edge import request_frame as asgi_request_frame
from fake_edge import request_frame
from portico_worker import lanes
from site_under_zygote import is_alive, write_app

BOTH = """
    import atexit, concurrent.futures, multiprocessing, os, signal, subprocess, sys, threading, time
    buffered = open('buffered', 'a')
    kept = []
    {setup}
    def work(seconds=0.2):
        time.sleep(seconds)
        print('work is done', flush=True)
        return os.getpid()
    def begin():
        {action}
        return b'begun'
    def application(environ, start):
        body = begin()
        start('200 OK', [])
        return [body]
    async def asgi(scope, receive, send):
        if scope['type'] == 'lifespan':
            await receive()
            await send({{'type': 'lifespan.startup.complete'}})
            await receive()
            print('shut down', flush=True)
            await send({{'type': 'lifespan.shutdown.complete'}})
            return
        body = begin()
        await send({{'type': 'http.response.start', 'status': 200}})
        await send({{'type': 'http.response.body', 'body': body}})
"""
FORK = "context = multiprocessing.get_context('fork')"


class Worker:
    """A worker of either interface, with one request answered."""

    def __init__(self, site, kind, action, setup='', **settings):
        self.site, self.is_wsgi = site, kind != 'asgi'
        threads = 2 if kind == 'threads' else 1
        write_app(site, BOTH.format(action=action, setup=setup))
        site.start(
            f'other:{"application" if self.is_wsgi else "asgi"}', **{'threads': threads, 'preload': 'never', **settings}
        )
        site.hear('loaded')
        if self.is_wsgi:
            self.lanes = list(site.spawn_ready().values())
        else:
            site.spawn()
            self.lanes = [site.accept(0)]
            site.hear('ready')
        frame = request_frame if self.is_wsgi else asgi_request_frame
        self.lanes[0].send(frame(1))
        self.body = self.lanes[0].answer().body

    def finish(self, how, within_ms=10_000):
        """Ends the worker; returns what the zygote says of that."""
        if how == 'drain':
            self.site.say('finish', worker=1, withinMs=within_ms, phase='drain')
            for lane in self.lanes:
                lane.send(lanes.render(lanes.DRAIN, 0))
        elif how == 'stop':
            self.site.say('finish', worker=1, withinMs=within_ms, phase='stop')
        else:
            self.site.say('signal', worker=1, signal=int(signal.SIGTERM))
        for lane in self.lanes:
            lane.close_after_rest()
        while (message := self.site.hear('retire', 'exited'))['kind'] != 'exited':
            pass
        return message


def left_behind(site):
    """Processes in the zygote's group, but the zygote itself: the workers, and what they have started."""
    found = []
    for name in filter(str.isdigit, os.listdir('/proc')):
        try:
            is_ours = os.getpgid(int(name)) == site.process.pid != int(name)
        except OSError:
            continue
        found += [int(name)] if is_ours and is_alive(int(name)) else []
    return found
