"""A zygote as the supervisor starts it, over a real socket pair, with the listening sockets of a fake edge."""

import fcntl
import json
import os
import select
import shutil
import signal
import socket
import subprocess
import sys
import textwrap
import time

from fake_edge import LIMIT_S, Listeners, request_frame, until

MAIN = os.path.join(os.path.dirname(os.path.dirname(os.path.abspath(__file__))), 'portico_worker', '__main__.py')


class Site(Listeners):
    def __init__(self, folder, edges=1):
        super().__init__(edges)
        self.site = str(folder)
        shutil.copy(os.path.join(os.path.dirname(__file__), 'process_app.py'), os.path.join(self.site, 'app.py'))
        self.control, self.theirs = socket.socketpair()
        self.control.settimeout(2 * LIMIT_S)
        self.output = os.path.join(self.folder.name, 'output')
        with open(self.output, 'wb') as output:
            self.process = subprocess.Popen(
                [sys.executable, '-u', MAIN, '3'],
                cwd=self.site,
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=output,
                preexec_fn=self._number_descriptors,  # noqa: PLW1509 (system calls alone, no locks)
                pass_fds=(3, 4),
                start_new_session=True,
            )
        self.theirs.close()
        self.lines = self.control.makefile('rb')
        self.logs, self.pids = {}, {}

    def _number_descriptors(self):
        control, board = (
            fcntl.fcntl(file, fcntl.F_DUPFD, 10) for file in (self.theirs.fileno(), self.board_descriptor)
        )
        os.dup2(control, 3)
        os.dup2(board, 4)

    def say(self, kind, **values):
        self.control.sendall(json.dumps({'kind': kind, **values}).encode() + b'\n')

    def hear(self, *kinds):
        line = self.lines.readline()
        assert line, f'the zygote has gone: {self.zygote_output()}'
        message = json.loads(line)
        assert message['kind'] in kinds, f'{message} {self.worker_logs()} {self.zygote_output()}'
        return message

    def start(self, app, **values):
        defaults = {
            'name': 'site',
            'chdir': self.site,
            'preload': 'auto',
            'threads': 1,
            'maxRequests': 0,
            'maxRequestsJitter': 0,
            'lanes': self.paths,
            'board': 4,
            'secret': 'secret',
            'development': False,
            'multiprocess': False,
        }
        self.hear('piped')
        self.say('relay-log', worker=0)
        self.say('start', app=app, **{**defaults, **values})
        self.threads = values.get('threads', 1)

    def spawn(self, worker=1, slot=0):
        """Spawns a worker; returns when its log is open."""
        self.say('spawn', worker=worker, name=f'w{worker}', slot=slot)
        message = self.hear('spawned')
        self.pids[worker] = message['pid']
        path = f'/proc/{self.process.pid}/fd/{message["log"]}'
        self.logs[worker] = os.open(path, os.O_RDONLY | os.O_NONBLOCK)
        assert os.fstat(self.logs[worker]).st_ino == message['logInode']
        self.say('log-opened', worker=worker)
        return message

    def spawn_ready(self, worker=1, slot=0):
        """Spawns a worker; when it is ready, returns its request lanes, by unit."""
        self.spawn(worker, slot)
        found = {}
        for edge in range(len(self.paths)):
            for _ in range(self.threads + 1):
                lane = self.accept(edge)
                if lane.hello['role'] == 'requests':
                    found[lane.hello['unit'], edge] = lane
        self.facts = self.hear('ready')
        return found

    def log(self, worker=1, until=''):
        """What the worker has written, up to and with this text."""
        text, deadline = '', time.monotonic() + LIMIT_S
        while time.monotonic() < deadline:
            select.select([self.logs[worker]], [], [], 0.1)
            try:
                data = os.read(self.logs[worker], 65536)
            except BlockingIOError:
                data = b''
            text += data.decode()
            if (until and until in text) or not (data or until):
                return text
        raise AssertionError(f'{until!r} is not in the log: {text}')

    def worker_logs(self):
        return {worker: self.log(worker) for worker in self.logs}

    def zygote_output(self):
        with open(self.output, encoding='utf-8') as file:
            return file.read()

    def exit_code(self):
        return self.process.wait(LIMIT_S)

    def close(self):
        self.control.close()
        self.lines.close()
        try:
            self.process.wait(LIMIT_S)
        finally:
            self.process.kill()
        for descriptor in self.logs.values():
            os.close(descriptor)
        super().close()


def is_alive(pid):
    try:
        with open(f'/proc/{pid}/stat') as file:
            return file.read().rpartition(')')[2].split()[0] != 'Z'
    except OSError:
        return False


def kill(pid, number=signal.SIGKILL):
    os.kill(pid, number)


def write_app(site, source, name='other'):
    with open(os.path.join(site.site, name + '.py'), 'w') as file:
        file.write(textwrap.dedent(source))


def ask(lane, path='/', stream=1):
    lane.send(request_frame(stream, path=path))
    return lane.answer()


def wait_for_start(site, slot=0, stream=9):
    until(lambda: site.started(slot) == stream)


def fields(answer):
    return dict(answer.fields)
