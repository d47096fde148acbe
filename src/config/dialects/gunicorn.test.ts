import assert from 'node:assert/strict';
import { test } from 'node:test';
import { serveModel } from '../serve-model.ts';
import { GUNICORN } from './gunicorn.ts';
import type { Spoken } from './spoken.ts';
import { faultsOf, namesOf, requestOf } from './spoken.ts';

/** `gunicorn --help` of 27.0 without --help and --version. */
const NAMES = `
  -c --config -b --bind --backlog -w --workers -k --worker-class --threads --worker-connections --max-requests
  --max-requests-jitter -t --timeout --graceful-timeout --keep-alive --limit-request-line --limit-request-fields
  --limit-request-field_size --reload --reload-engine --reload-extra-file --spew --check-config --print-config
  --preload --no-sendfile --reuse-port --chdir -D --daemon -e --env -p --pid --worker-tmp-dir -u --user -g --group
  -m --umask --initgroups --forwarded-allow-ips --access-logfile --disable-redirect-access-to-syslog
  --access-logformat --error-logfile --log-file --log-level --capture-output --logger-class --log-config
  --log-config-json --log-syslog-to --log-syslog --log-syslog-prefix --log-syslog-facility -R
  --enable-stdio-inheritance --statsd-host --dogstatsd-tags --statsd-prefix --enable-backlog-metric -n --name
  --pythonpath --paste --paster --proxy-protocol --proxy-allow-from --protocol --uwsgi-allow-from --keyfile
  --certfile --ssl-version --cert-reqs --ca-certs --suppress-ragged-eofs --do-handshake-on-connect --ciphers
  --http-protocols --http2-cleartext --http2-max-concurrent-streams --http2-initial-window-size
  --http2-max-frame-size --http2-max-header-list-size --paste-global --permit-obsolete-folding --strip-header-spaces
  --permit-unconventional-http-method --permit-unconventional-http-version --casefold-http-method
  --forwarder-headers --header-map --asgi-loop --asgi-lifespan --asgi-disconnect-grace-period
  --websocket-max-message-size --http-parser --root-path --dirty-app --dirty-workers --dirty-timeout --dirty-threads
  --dirty-graceful-timeout --control-socket --control-socket-mode --no-control-socket`;

function options(args: string[], spoken: Spoken = {}) {
  return requestOf(GUNICORN, ['app:app', ...args], spoken).options;
}

function faults(args: string[], spoken: Spoken = {}) {
  return faultsOf(GUNICORN, ['app', ...args], spoken);
}

test("gunicorn's table has every option of it, each once", () => {
  assert.deepEqual(namesOf(GUNICORN), NAMES.trim().split(/\s+/).toSorted());
});

test("gunicorn's defaults are its own where they matter", () => {
  const { binds, workers, threads, timeoutMs, keepAliveMs, accessLog, forwardedAllowIps } = options([]);
  assert.deepEqual(binds, [{ kind: 'tcp', host: '127.0.0.1', port: 8000 }]);
  assert.deepEqual([workers, threads, timeoutMs, keepAliveMs, accessLog], [1, 1, 30_000, 2000, '']);
  assert.deepEqual(forwardedAllowIps, ['127.0.0.1', '::1']);
  const env = { PORT: '9000', WEB_CONCURRENCY: '3', FORWARDED_ALLOW_IPS: '*' };
  assert.deepEqual(options([], { env }).binds, [{ kind: 'tcp', host: '0.0.0.0', port: 9000 }]);
  assert.deepEqual([options([], { env }).workers, options([], { env }).forwardedAllowIps], [3, ['*']]);
  assert.deepEqual(options(['-b', ':80', '-w', '2'], { env }).workers, 2);
  for (const name of Object.keys(env)) {
    assert.deepEqual(faults([], { env: { [name]: 'x' } }), [`dialect.invalid ${name}`]);
  }
});

test('gunicorn names applications in its own way', () => {
  const app = (text: string) => requestOf(GUNICORN, [text]).app;
  assert.deepEqual(['shop.wsgi', 'shop:app', "shop:make('x')"].map(app), [
    'shop.wsgi:application',
    'shop:app',
    "shop:make('x')",
  ]);
});

test('the command line wins over GUNICORN_CMD_ARGS', () => {
  const env = { GUNICORN_CMD_ARGS: `-b :81 -w 4 -e 'A=b c'` };
  const { binds, workers, env: given } = options(['--bind', '127.0.0.1:82'], { env });
  assert.deepEqual([binds, workers, given.get('A')], [[{ kind: 'tcp', host: '127.0.0.1', port: 82 }], 4, 'b c']);
  assert.deepEqual(faults([], { env: { GUNICORN_CMD_ARGS: '--wrokers 3' } }), ['dialect.unknown-option --wrokers']);
  assert.deepEqual(faults([], { env: { GUNICORN_CMD_ARGS: "'" } }), ['dialect.invalid GUNICORN_CMD_ARGS']);
});

test('worker classes of gunicorn are interfaces, threads and greenlets', () => {
  const kind = (name: string) => {
    const found = options(['-k', name, '--threads', '4', '--worker-connections', '50']);
    return [found.interface, found.workerClass, found.threads, found.workerConnections];
  };
  for (const name of ['sync', 'gthread', 'egg:gunicorn#sync', 'gunicorn.workers.gthread.ThreadWorker']) {
    assert.deepEqual(kind(name), ['wsgi', 'sync', 4, 0], name);
  }
  for (const name of ['gevent', 'gunicorn.workers.ggevent.GeventWorker']) {
    assert.deepEqual(kind(name), ['wsgi', 'gevent', 1, 50], name);
  }
  for (const name of ['asgi', 'uvicorn.workers.UvicornWorker', 'uvicorn_worker.UvicornWorker']) {
    assert.deepEqual(kind(name), ['asgi', 'sync', 1, 50], name);
  }
  for (const name of ['tornado', 'eventlet', 'shop.Worker']) {
    assert.deepEqual(faults(['-k', name]), ['dialect.invalid -k'], name);
  }
});

test('values of gunicorn are read as it reads them', () => {
  assert.deepEqual(options(['-b', 'unix:/run/a.sock']).binds, [{ kind: 'unix', path: '/run/a.sock' }]);
  assert.deepEqual(
    ['022', '18', '0x12', '0o22'].map((text) => options(['-m', text]).umask),
    [18, 18, 18, 18],
  );
  assert.equal(options(['-t', '0']).timeoutMs, 24 * 86_400_000);
  assert.equal(options(['-t', '90']).timeoutMs, 90_000);
  assert.equal(options(['--proxy-protocol']).proxyProtocol, true);
  assert.equal(options(['--proxy-protocol', 'v2']).proxyProtocol, true);
  assert.equal(options(['--proxy-protocol', 'off']).proxyProtocol, false);
  assert.equal(options(['--preload']).preload, 'always');
  assert.equal(options(['--check-config']).checkOnly, true);
  const env = { PYTHONPATH: '/lib' };
  assert.equal(options(['--pythonpath', 'a,b'], { env }).env.get('PYTHONPATH'), 'b:a:/lib');
  options(['--limit-request-line', '4094', '--http-protocols', 'h1,h2', '--header-map', 'drop', '--protocol', 'http']);
  options(['--access-logformat', '%(h)s %(r)s', '--error-logfile', '-']);
});

test('what gunicorn would do and we cannot is an error', () => {
  for (const args of [
    ...[
      ['-b', 'fd://x'],
      ['--forwarder-headers', '*'],
      ['--forwarder-headers', 'REMOTE_USER'],
      ['-m', '9999'],
      ['-t', 'x'],
      ['--limit-request-line', '0'],
      ['--limit-request-fields', 'x'],
    ],
    ...[
      ['--limit-request-fields', '300'],
      ['--proxy-protocol', 'v3'],
      ['--http-protocols', 'h2'],
      ['--protocol', 'fastcgi'],
    ],
    ['--header-map', 'dangerous'],
  ]) {
    assert.deepEqual(faults(args), [`dialect.invalid ${args[0]}`]);
  }
  for (const args of [['--enable-backlog-metric'], ['--permit-obsolete-folding']]) {
    assert.deepEqual(faults(args), [`dialect.unsupported ${args[0]}`]);
  }
});

test('what Python logs is logged there, and the access log where the user has it so', () => {
  const log = (...args: string[]) => options(['--access-logfile', '-', ...args]).accessLog;
  assert.deepEqual(
    [
      log(),
      log('--logger-class', 'gunicorn.glogging.Logger'),
      log('--logger-class', 'shop.Log'),
      log('--log-config', 'log.ini'),
      log('--log-syslog'),
      log('--log-syslog', '--disable-redirect-access-to-syslog'),
      log('--statsd-host', '127.0.0.1:8125', '--statsd-prefix', 'shop', '--dogstatsd-tags', 'a:b'),
    ],
    ['-', '-', '', '', '', '-', '-'],
  );
  assert.deepEqual(options([]).accessLogFormat, {
    words: 'gunicorn',
    text: '%(h)s %(l)s %(u)s %(t)s "%(r)s" %(s)s %(b)s "%(f)s" "%(a)s"',
  });
});

test('--protocol uwsgi is for all addresses, and those who may speak it say who the client is', () => {
  const { binds, forwardedAllowIps } = options(['--protocol', 'uwsgi', '--uwsgi-allow-from', '10.0.0.1']);
  assert.deepEqual(binds, [{ kind: 'tcp', host: '127.0.0.1', port: 8000, speaks: 'uwsgi' }]);
  assert.deepEqual(forwardedAllowIps, ['10.0.0.1']);
  const { binds: named, forwardedAllowIps: usual } = options(['--protocol', 'uwsgi', '-b', 'unix:/run/a.sock']);
  assert.deepEqual(named, [{ kind: 'unix', path: '/run/a.sock', speaks: 'uwsgi' }]);
  assert.deepEqual(usual, ['127.0.0.1', '::1']);
});

test('a PasteDeploy file is an application', () => {
  assert.equal(requestOf(GUNICORN, ['--paste', 'site.ini#main']).app, 'portico_worker.gunicorn.paste_app:application');
});

test('sockets of systemd are all that is served, and fd://N is one of them', () => {
  const machine = { hasSockets: true };
  for (const args of [[], ['-b', 'fd://3'], ['-b', ':80']]) {
    assert.deepEqual(options(args, machine).binds, [], String(args));
  }
  assert.deepEqual(faults(['-b', 'fd://3']), ['dialect.unsupported --bind']);
  assert.deepEqual(faults(['--protocol', 'uwsgi'], machine), ['dialect.unsupported --protocol']);
});

test('SCRIPT_NAME is where the application is mounted, and a trusted proxy may say it for each request', () => {
  const content = (args: string[], spoken: Spoken = {}) => {
    const request = requestOf(GUNICORN, ['app:app', ...args], spoken);
    const [site] = serveModel(request, '/').sites;
    assert.equal(site?.content.kind, 'app');
    return [site.content.scriptName, site.content.takesScriptName];
  };
  assert.deepEqual(content([]), ['', true]);
  assert.deepEqual(content([], { env: { SCRIPT_NAME: '/shop/' } }), ['/shop', true]);
  assert.deepEqual(content(['-e', 'SCRIPT_NAME=/a', '--forwarder-headers', ''], { env: { SCRIPT_NAME: '/b' } }), [
    '/a',
    undefined,
  ]);
  assert.deepEqual(content(['-k', 'asgi'], { env: { SCRIPT_NAME: '/b' } }), ['', undefined]);
  assert.deepEqual(faults([], { env: { SCRIPT_NAME: '/a/../b' } }), ['dialect.invalid SCRIPT_NAME']);
});
