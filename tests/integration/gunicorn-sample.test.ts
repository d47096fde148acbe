// The configuration that people begin with: gunicorn's own example, with its settings and hooks.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { serveGunicorn } from './gunicorn-server.ts';

const APP = `
def application(environ, start_response):
    start_response('200 OK', [('Content-Type', 'text/plain')])
    return [b'hello']
`;
const SAMPLE = `
bind = '127.0.0.1:8000'
backlog = 2048
workers = 1
worker_class = 'sync'
worker_connections = 1000
timeout = 30
keepalive = 2
spew = False
daemon = False
raw_env = ['DJANGO_SECRET_KEY=something', 'SPAM=eggs']
pidfile = None
umask = 0
user = None
group = None
tmp_upload_dir = None
errorlog = '-'
loglevel = 'info'
accesslog = '-'
access_log_format = '%(h)s %(l)s %(u)s %(t)s "%(r)s" %(s)s %(b)s "%(f)s" "%(a)s"'
proc_name = None

def post_fork(server, worker):
    server.log.info("Worker spawned (pid: %s)", worker.pid)

def pre_fork(server, worker):
    pass

def pre_exec(server):
    server.log.info("Forked child, re-executing.")

def when_ready(server):
    server.log.info("Server is ready. Spawning workers")

def worker_int(worker):
    worker.log.info("worker received INT or QUIT signal")
    import threading, sys, traceback
    id2name = {th.ident: th.name for th in threading.enumerate()}
    code = []
    for threadId, stack in sys._current_frames().items():
        code.append("\\n# Thread: %s(%d)" % (id2name.get(threadId, ""), threadId))
        for filename, lineno, name, line in traceback.extract_stack(stack):
            code.append('File: "%s", line %d, in %s' % (filename, lineno, name))
    worker.log.debug("\\n".join(code))

def worker_abort(worker):
    worker.log.info("worker received SIGABRT signal")

def ssl_context_of(conf, default_ssl_context_factory):
    return None
`;

test("gunicorn's example of a configuration runs, and its hooks are heard", async () => {
  await using server = await serveGunicorn({ files: { 'app.py': APP, 'gunicorn.conf.py': SAMPLE } });
  const spawned = await server.logged(/\[(\d+)\] INFO w1: Worker spawned \(pid: (\d+)\)/);
  assert.equal(spawned[1], spawned[2]);
  assert.match(server.log, /INFO app: Server is ready\. Spawning workers\n[\s\S]*Worker spawned/);
  assert.equal((await server.ask('/')).body, 'hello');
  await server.logged(/127\.0\.0\.1 - - \[.+\] "GET \/ HTTP\/1\.1" 200 5 "-" "-"/);
  server.signal('SIGQUIT');
  assert.equal(await server.exit, 0);
  assert.match(server.log, /INFO w1: worker received INT or QUIT signal/);
});
