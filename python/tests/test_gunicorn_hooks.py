"""The hooks of a gunicorn.conf.py, each in its process and at its moment."""

import os
import signal

import pytest

from asgi_edge import request_frame as asgi_request_frame
from fake_edge import request_frame, until
from site_under_zygote import ask, kill, wait_for_start, write_app

HOOKS = """
    import os
    def say(name, *words):
        with open('said', 'a') as file:
            file.write(' '.join([name, who(), *map(str, words)]) + '\\n')
    def who():
        return 'worker' if os.environ.get('PORTICO_WORKER') else 'zygote'
    def on_starting(server): say('on_starting', server.pid == os.getpid(), server.address, server.num_workers)
    def on_reload(server): say('on_reload')
    def when_ready(server): say('when_ready', [str(each) for each in server.LISTENERS])
    def nworkers_changed(server, new, old): say('nworkers_changed', new, old)
    def pre_fork(server, worker): say('pre_fork', worker.age, worker.pid, len(server.WORKERS))
    def post_fork(server, worker): say('post_fork', worker.pid == os.getpid(), worker.ppid == os.getppid() == server.pid)
    def post_worker_init(worker): say('post_worker_init', worker.booted, callable(worker.wsgi), worker.nr, worker.alive)
    def worker_int(worker): say('worker_int', worker)
    def worker_abort(worker): say('worker_abort', worker.aborted)
    def pre_request(worker, req):
        say('pre_request', req.method, req.path, req.query, req.uri, req.version)
        req.headers.append(('X-FROM-HOOK', 'yes'))
    def post_request(worker, req, environ, resp):
        say('post_request', resp.status, resp.sent, environ.get('HTTP_X_FROM_HOOK'), worker.nr, dict(resp.headers))
    def worker_exit(server, worker): say('worker_exit', worker.pid == os.getpid())
    def child_exit(server, worker): say('child_exit', type(worker.pid).__name__, len(server.WORKERS))
    def on_exit(server): say('on_exit')
    def pre_exec(server): say('pre_exec')
"""

APP = """
    import time
    def application(environ, start):
        path = environ['PATH_INFO']
        if path == '/raises':
            raise ValueError('no')
        if path == '/sleeps':
            time.sleep(60)
        start('200 OK', [('X-Hook', environ.get('HTTP_X_FROM_HOOK', ''))])
        return [b'two', b' parts'] if path == '/parts' else [b'whole']
    async def asgi(scope, receive, send):
        await send({'type': 'http.response.start', 'status': 200, 'headers': [(b'x-a', b'b')]})
        await send({'type': 'http.response.body', 'body': b'async'})
"""


def start(site, config=HOOKS, app='other:application', values=(), **settings):
    write_app(site, config, 'gunicorn.conf')
    os.rename(f'{site.site}/gunicorn.conf.py', f'{site.site}/hooks.py')
    write_app(site, APP)
    resolved = {
        'bind': ['127.0.0.1:8000'],
        'workers': 1,
        'threads': 1,
        'timeout': 30,
        'loglevel': 'info',
        **dict(values),
    }
    resolved = {'worker_class': 'sync', 'access_log_format': '%(h)s %(s)s', **resolved}
    gunicorn = {'config': f'file:{site.site}/hooks.py', 'settings': resolved}
    site.start(app, **{'preload': 'never', 'interface': 'auto', 'gunicorn': gunicorn, **settings})


def said(site):
    with open(f'{site.site}/said') as file:
        return file.read().splitlines()


def names(site):
    return [line.split()[0] for line in said(site)]


def test_every_hook_is_called_in_its_process_and_order(site):
    start(site)
    site.hear('loaded')
    site.say('workers', count=2, before=1)
    (lane,) = site.spawn_ready().values()
    assert ask(lane, '/parts').body == b'two parts'
    until(lambda: 'post_request' in names(site))
    site.say('upgrade')
    until(lambda: 'pre_exec' in names(site))
    site.say('finish', worker=1, withinMs=2000, phase='stop')
    site.hear('exited')
    site.say('stop', isEnd=True)
    assert site.exit_code() == 0
    assert said(site) == [
        'nworkers_changed zygote 1 None',
        "on_starting zygote True [('127.0.0.1', 8000)] 1",
        "when_ready zygote ['http://127.0.0.1:8000']",
        'nworkers_changed zygote 2 1',
        'pre_fork zygote 1 [booting] 0',
        'post_fork worker True True',
        'post_worker_init worker False True 0 True',
        'pre_request worker GET /parts  /parts (1, 1)',
        "post_request worker 200 OK 9 yes 1 {'X-Hook': 'yes'}",
        'pre_exec zygote',
        'worker_exit worker True',
        'child_exit zygote int 0',
        'on_exit zygote',
    ]


def test_a_zygote_of_a_reload_is_ready_when_the_one_before_is_gone_and_tells_of_no_end(site):
    start(site, isReload=True)
    site.hear('loaded')
    assert names(site) == ['nworkers_changed', 'on_starting', 'on_reload']
    site.say('alone')
    until(lambda: 'when_ready' in names(site))
    site.say('stop', isEnd=False)
    assert site.exit_code() == 0
    assert 'on_exit' not in names(site)


def test_a_trial_calls_no_hook(site):
    start(site, isTrial=True, preload='always')
    site.hear('loaded')
    assert not os.path.exists(f'{site.site}/said')


def test_hooks_of_requests_of_asgi(site):
    start(site, app='other:asgi', interface='asgi')
    site.hear('loaded')
    site.spawn()
    lane = site.accept(0)
    site.hear('ready')
    lane.send(asgi_request_frame(1))
    assert lane.answer().body == b'async'
    until(lambda: 'post_request' in names(site))
    assert any(line.startswith('pre_request worker GET /') for line in said(site))
    assert "post_request worker 200 5 yes 1 {'x-a': 'b'}" in said(site)


def test_an_application_that_raises_has_a_post_request_without_a_status(site):
    start(site)
    site.hear('loaded')
    (lane,) = site.spawn_ready().values()
    assert 'ValueError: no' in (ask(lane, '/raises').failure or '')
    until(lambda: 'post_request' in names(site))
    assert 'post_request worker None 0 yes 1 {}' in said(site)


def test_a_worker_that_is_aborted_raises_in_its_request_and_tells_of_its_exit(site):
    start(site)
    site.hear('loaded')
    (lane,) = site.spawn_ready().values()
    lane.send(request_frame(9, path='/sleeps'))
    wait_for_start(site)
    kill(site.pids[1], signal.SIGABRT)
    heard = site.hear('retire', 'exited')
    if heard['kind'] == 'retire':
        heard = site.hear('exited')
    assert heard['code'] == 1
    assert names(site)[-4:] == ['worker_abort', 'post_request', 'worker_exit', 'child_exit']
    assert 'SystemExit: 1' in site.log()


@pytest.mark.parametrize('kind', ['threads', 'asgi'])
def test_a_worker_whose_main_thread_has_no_request_is_aborted_as_well(site, kind):
    if kind == 'asgi':
        start(site, app='other:asgi', interface='asgi')
        site.hear('loaded')
        site.spawn()
        site.accept(0)
        site.hear('ready')
    else:
        start(site, threads=2)
        site.hear('loaded')
        site.spawn_ready()
    kill(site.pids[1], signal.SIGABRT)
    heard = site.hear('retire', 'exited')
    assert (heard if heard['kind'] == 'exited' else site.hear('exited'))['code'] == 1
    assert names(site)[-3:] == ['worker_abort', 'worker_exit', 'child_exit']


@pytest.mark.parametrize('threads', [1, 2])
def test_a_worker_that_is_interrupted_calls_its_hook_and_ends(site, threads):
    start(site, threads=threads)
    site.hear('loaded')
    site.spawn_ready()
    kill(site.pids[1], signal.SIGQUIT)
    heard = site.hear('retire', 'exited')
    if heard['kind'] == 'retire':
        heard = site.hear('exited')
    assert heard['code'] == 0
    assert names(site)[-3:] == ['worker_int', 'worker_exit', 'child_exit']


@pytest.mark.parametrize(
    ('source', 'words'),
    [
        ('def on_starting(server): raise ValueError("no start")', 'no start'),
        ('def pre_request(worker): pass', 'pre_request takes 1 arguments; it is called with 2'),
        ('post_fork = "nowhere.at_all"', 'cannot be found'),
        ('raise RuntimeError("no file")', 'no file'),
        ('def post_fork(server, worker): raise ValueError("no fork")', 'no fork'),
        ('def post_worker_init(worker): raise ValueError("no init")', 'no init'),
    ],
)
def test_a_hook_that_raises_at_the_start_is_why_the_application_cannot_be_loaded(site, source, words):
    start(site, source)
    if 'post_' in source and 'nowhere' not in source:
        site.hear('loaded')
        site.spawn()
        assert words in site.hear('worker-load-failed')['error']
        return
    assert words in site.hear('load-failed')['error']
    assert site.exit_code() == 3


def test_a_pre_fork_that_raises_is_why_there_is_no_worker(site):
    start(site, 'def pre_fork(server, worker): raise ValueError("no")')
    site.hear('loaded')
    site.say('spawn', worker=1, name='w1', slot=0)
    assert site.hear('exited')['reason'] == 'it could not be forked: ValueError: no'


@pytest.mark.parametrize(
    ('parameters', 'given'), [('worker, req', 2), ('worker, req, environ', 3), ('worker, req, environ, resp', 4)]
)
def test_post_request_takes_two_three_or_four(site, parameters, given):
    body = f"open('said', 'w').write(str(len([{parameters}])))"
    start(site, f'def post_request({parameters}): {body}')
    site.hear('loaded')
    (lane,) = site.spawn_ready().values()
    ask(lane)
    until(lambda: os.path.exists(f'{site.site}/said') and said(site) == [str(given)])


def test_without_hooks_of_requests_the_application_is_called_as_it_is(site):
    start(site, "def post_worker_init(worker): open('said', 'w').write(worker.wsgi.__name__)")
    site.hear('loaded')
    (lane,) = site.spawn_ready().values()
    assert ask(lane).is_whole
    assert said(site) == ['application']


def test_a_worker_that_is_no_longer_alive_ends_after_its_request(site):
    start(site, 'def post_request(worker, req): worker.alive = False')
    site.hear('loaded')
    (lane,) = site.spawn_ready().values()
    assert ask(lane).is_whole
    assert site.hear('retire')['reason'] == 'SIGTERM'
    lane.close_after_rest()
    assert site.hear('exited')['code'] == 0


def test_what_hooks_say_is_in_the_log(site):
    source = """
    def post_fork(server, worker):
        server.log.info('Worker spawned (pid: %s)', worker.pid)
        worker.log.debug('not told')
        worker.log.critical('bad')
    """
    start(site, source, logMark='0123456789abcdef')
    site.hear('loaded')
    site.spawn_ready()
    text = site.log(until='bad')
    assert f'Worker spawned (pid: {site.pids[1]})' in text
    assert '"level": "info"' in text
    assert '"level": "error"' in text
    assert 'not told' not in text
