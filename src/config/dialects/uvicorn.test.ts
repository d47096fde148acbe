import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Spoken } from './spoken.ts';
import { faultsOf, namesOf, read, requestOf } from './spoken.ts';
import { UVICORN } from './uvicorn.ts';

/** `uvicorn --help` of 0.54 without --version and --help, and the negations. */
const NAMES = `
  host port uds fd reload reload-dir reload-include reload-exclude reload-delay workers loop http http2 ws ws-max-size
  ws-max-queue ws-ping-interval ws-ping-timeout ws-per-message-deflate lifespan interface env-file log-config log-level
  access-log no-access-log use-colors no-use-colors proxy-headers no-proxy-headers server-header no-server-header
  date-header no-date-header forwarded-allow-ips root-path limit-concurrency backlog limit-max-requests
  limit-max-requests-jitter timeout-keep-alive timeout-graceful-shutdown timeout-worker-healthcheck ssl-keyfile
  ssl-certfile ssl-keyfile-password ssl-version ssl-cert-reqs ssl-ca-certs ssl-ciphers header app-dir
  h11-max-incomplete-event-size reset-contextvars factory`;

function options(args: string[], spoken: Spoken = {}) {
  return requestOf(UVICORN, ['app:app', ...args], spoken).options;
}

function errors(args: string[], spoken: Spoken = {}): string[] {
  return faultsOf(UVICORN, ['app:app', ...args], spoken);
}

function infos(args: string[], spoken: Spoken = {}): string[] {
  return faultsOf(UVICORN, ['app:app', ...args], { ...spoken, severity: 'info' });
}

test("uvicorn's table has every option of it, each once", () => {
  const names = NAMES.trim().split(/\s+/);
  assert.deepEqual(namesOf(UVICORN), names.map((name) => `--${name}`).toSorted());
});

test("uvicorn's defaults are its own where they matter", () => {
  const { binds, workers, keepAliveMs, accessLog, accessLogFormat, forwardedAllowIps, interface: kind } = options([]);
  assert.deepEqual(binds, [{ kind: 'tcp', host: '127.0.0.1', port: 8000 }]);
  assert.deepEqual(
    { workers, keepAliveMs, accessLog, accessLogFormat, forwardedAllowIps, kind },
    {
      workers: 1,
      keepAliveMs: 5000,
      accessLog: '-',
      accessLogFormat: { words: 'combined', text: '' },
      forwardedAllowIps: ['127.0.0.1', '::1'],
      kind: 'asgi',
    },
  );
  const { wsMessageBytesMax, wsPingIntervalMs, wsPingTimeoutMs, wsCompression, backlog, lifespan, loop } = options([]);
  assert.deepEqual(
    [wsMessageBytesMax, wsPingIntervalMs, wsPingTimeoutMs, wsCompression, backlog, lifespan, loop],
    [16_777_216, 20_000, 20_000, true, 2048, 'auto', 'auto'],
  );
});

test('uvicorn takes defaults from the variables of hosts, but not PORT', () => {
  const env = { WEB_CONCURRENCY: '3', FORWARDED_ALLOW_IPS: '10.0.0.0/8', PORT: 'x' };
  const { workers, forwardedAllowIps, binds } = options([], { env });
  assert.deepEqual({ workers, forwardedAllowIps }, { workers: 3, forwardedAllowIps: ['10.0.0.0/8'] });
  assert.deepEqual(binds, [{ kind: 'tcp', host: '127.0.0.1', port: 8000 }]);
  assert.deepEqual(errors([], { env: { WEB_CONCURRENCY: '0' } }), ['dialect.invalid WEB_CONCURRENCY']);
  assert.deepEqual(errors([], { env: { FORWARDED_ALLOW_IPS: 'me' } }), ['dialect.invalid FORWARDED_ALLOW_IPS']);
});

test("uvicorn's options become settings", () => {
  const cases: [string[], Partial<ReturnType<typeof options>>][] = [
    [['--host', '::', '--port', '80'], { binds: [{ kind: 'tcp', host: '::', port: 80 }] }],
    [['--port=0'], { binds: [{ kind: 'tcp', host: '127.0.0.1', port: 0 }] }],
    [['--uds', '/run/a.sock'], { binds: [{ kind: 'unix', path: '/run/a.sock' }] }],
    [['--backlog', '10'], { backlog: 10 }],
    [['--interface', 'asgi2'], { interface: 'asgi' }],
    [['--interface', 'wsgi'], { interface: 'wsgi', threads: 10 }],
    [['--env-file', '.env'], { envFile: '.env' }],
    [['--root-path', '/api'], { rootPath: '/api' }],
    [['--root-path', 'api/'], { rootPath: '/api' }],
    [['--root-path', '/'], { rootPath: '' }],
    [['--lifespan', 'on'], { lifespan: 'on' }],
    [['--loop', 'uvloop'], { loop: 'uvloop' }],
    [['--workers', '4'], { workers: 4 }],
    [
      [
        '--reload',
        '--reload-dir',
        'src',
        '--reload-dir',
        '../lib',
        '--reload-include',
        '*.css',
        '--reload-exclude',
        'gen',
      ],
      {
        reloadOnChange: true,
        workers: 1,
        reloadFolders: ['src', '../lib'],
        reloadIncludes: ['*.css'],
        reloadExcludes: ['gen'],
      },
    ],
    [['--ws-max-size', '100'], { wsMessageBytesMax: 100 }],
    [['--ws-ping-interval', '1.5', '--ws-ping-timeout', '2'], { wsPingIntervalMs: 1500, wsPingTimeoutMs: 2000 }],
    [['--ws-per-message-deflate', 'False'], { wsCompression: false }],
    [['--ws', 'none'], { webSockets: false }],
    [
      ['--header', 'X-A:b', '--header', 'Server: c'],
      {
        responseFields: [
          ['X-A', 'b'],
          ['Server', 'c'],
        ],
      },
    ],
    [['--no-proxy-headers'], { forwardedAllowIps: [], forwardedFields: 'none' }],
    [['--proxy-headers', '--forwarded-allow-ips', '*'], { forwardedAllowIps: ['*'] }],
    [['--limit-max-requests', '9', '--limit-max-requests-jitter', '3'], { maxRequests: 9, maxRequestsJitter: 3 }],
    [['--limit-concurrency', '10'], { workerConnections: 10, queueDepthMax: 0 }],
    [['--timeout-keep-alive', '70'], { keepAliveMs: 70_000 }],
    [['--timeout-graceful-shutdown', '0'], { gracefulTimeoutMs: 0 }],
    [['--log-level', 'trace'], { logLevel: 'debug', accessLog: '-' }],
    [['--log-level', 'critical', '--access-log'], { logLevel: 'error', accessLog: '' }],
    [['--no-access-log'], { accessLog: '' }],
    [['--access-log', '--no-access-log', '--access-log'], { accessLog: '-' }],
  ];
  for (const [args, expected] of cases) {
    const given = options(args);
    for (const [key, value] of Object.entries(expected)) {
      assert.deepEqual(given[key as keyof typeof given], value, `${args.join(' ')}: ${key}`);
    }
  }
});

test('uvicorn --factory calls what APP names', () => {
  assert.equal(requestOf(UVICORN, ['--factory', 'shop:create_app']).app, 'shop:create_app()');
  assert.equal(requestOf(UVICORN, ['shop:create_app']).app, 'shop:create_app');
  assert.deepEqual(faultsOf(UVICORN, ['--factory', 'shop']), ['dialect.conflict --factory']);
});

test('uvicorn --app-dir goes before what is on the path already', () => {
  assert.equal(options(['--app-dir', 'src']).env.get('PYTHONPATH'), 'src');
  assert.equal(options(['--app-dir', 'src'], { env: { PYTHONPATH: '/lib' } }).env.get('PYTHONPATH'), 'src:/lib');
});

test('uvicorn --env-file changes no variable that is set', () => {
  const env = { DATABASE: 'production', HOME: '/root', PORTICO_ENV: 'A=1' };
  const given = options(['--env-file', '.env'], { env }).env;
  assert.equal(given.get('DATABASE'), 'production');
  assert.equal(given.get('A'), '1');
  assert.equal(given.has('HOME'), false, 'it follows from the user');
  assert.equal(options([], { env }).env.has('DATABASE'), false);
});

test("uvicorn's options for TLS become settings", () => {
  const files = ['--ssl-certfile', 'c.pem', '--ssl-keyfile', 'k.pem', '--ssl-keyfile-password', 'x'];
  const { certFile, keyFile, keyPassword, caCerts, certReqs, ciphers } = options(files);
  assert.deepEqual(
    { certFile, keyFile, keyPassword, caCerts, certReqs, ciphers },
    { certFile: 'c.pem', keyFile: 'k.pem', keyPassword: 'x', caCerts: '', certReqs: 'auto', ciphers: '' },
  );
  assert.equal(options(['--ssl-ciphers', 'ECDHE+AESGCM']).ciphers, 'ECDHE+AESGCM');
  for (const [text, expected] of [
    ['0', 'none'],
    ['1', 'optional'],
    ['2', 'required'],
  ] as const) {
    const args = ['--ssl-ca-certs', 'ca.pem', '--ssl-cert-reqs', text];
    assert.deepEqual([options(args).caCerts, options(args).certReqs], ['ca.pem', expected]);
    assert.deepEqual(faultsOf(UVICORN, ['a:b', ...args], { severity: 'warning' }), []);
  }
  for (const version of ['2', '17']) {
    assert.deepEqual(infos(['--ssl-version', version]), []);
  }
  const env = { UVICORN_SSL_CERTFILE: 'c.pem', UVICORN_SSL_KEYFILE_PASSWORD: 'x', UVICORN_SSL_CERT_REQS: '1' };
  assert.deepEqual([options([], { env }).certFile, options([], { env }).keyPassword], ['c.pem', 'x']);
  assert.equal(options(['--ssl-cert-reqs', '0'], { env }).certReqs, 'none');
});

test('uvicorn --ssl-ca-certs alone asks clients for nothing, and says so', () => {
  const args = ['--ssl-certfile', 'c.pem', '--ssl-ca-certs', 'ca.pem'];
  const warnings = (env: Record<string, string>) => faultsOf(UVICORN, ['a:b', ...args], { env, severity: 'warning' });
  assert.equal(options(args).certReqs, 'none');
  assert.deepEqual(warnings({}), ['dialect.note --ssl-ca-certs']);
  const env = { PORTICO_CERT_REQS: 'required' };
  assert.equal(options(args, { env }).certReqs, 'required');
  assert.deepEqual(warnings(env), []);
  const ours = { PORTICO_CERTFILE: 'c.pem', PORTICO_CA_CERTS: 'ca.pem' };
  assert.equal(options([], { env: ours }).certReqs, 'auto', 'who names them in our words means our words');
});

test("uvicorn's variables are read, and options win over them", () => {
  const env = { UVICORN_APP: 'shop:app', UVICORN_PORT: '81', UVICORN_ACCESS_LOG: 'false', UVICORN_RELOAD_DIRS: 'a b' };
  const { app, options: given } = requestOf(UVICORN, ['--host', '0.0.0.0'], { env });
  assert.equal(app, 'shop:app');
  assert.deepEqual(given.binds, [{ kind: 'tcp', host: '0.0.0.0', port: 81 }]);
  assert.equal(given.accessLog, '');
  assert.deepEqual(options(['--port', '82'], { env }).binds, [{ kind: 'tcp', host: '127.0.0.1', port: 82 }]);
  assert.deepEqual(errors([], { env: { UVICORN_PORT: 'x' } }), ['dialect.invalid UVICORN_PORT']);
  assert.deepEqual(faultsOf(UVICORN, ['a:b'], { env: { UVICORN_PROT: '1' }, severity: 'warning' }), [
    'dialect.unknown-variable UVICORN_PROT',
  ]);
});

test('what uvicorn has and we have not is refused with the way out', () => {
  const refused = [
    ['--fd', '3'],
    ['--http2'],
    ['--header', 'X-A'],
    ['--log-config', 'log.ini'],
    ['--reset-contextvars'],
    ['--loop', 'zuvloop'],
    ['--h11-max-incomplete-event-size', '1000000'],
    ['--ssl-version', '5'],
  ];
  for (const args of refused) {
    const { request, diagnostics } = read(UVICORN, ['app:app', ...args]);
    assert.equal(request, undefined, args.join(' '));
    assert.equal(diagnostics.length, 1, args.join(' '));
    assert.match(diagnostics[0]?.message ?? '', /\w+.*[^.]\.$/);
  }
  assert.equal(errors(['--fd', '3', '--ssl-version', '3', '--http2']).length, 3, 'all at once');
  assert.deepEqual(errors([], { env: { UVICORN_HTTP2: 'false' } }), []);
});

test('what has no meaning here is told once', () => {
  assert.deepEqual(infos(['--use-colors', '--http', 'h11', '--ws', 'wsproto', '--reload-delay', '1']), [
    'dialect.meaningless --reload-delay',
    'dialect.meaningless --http',
    'dialect.note --ws',
    'dialect.meaningless --use-colors',
  ]);
  assert.deepEqual(infos(['--no-use-colors', '--no-server-header', '--date-header']), [], 'that is how we are');
  assert.deepEqual(infos(['--no-date-header']), ['dialect.note --no-date-header']);
  assert.deepEqual(infos(['--uds', '/a', '--port', '1']), ['dialect.note --uds']);
  assert.deepEqual(infos(['--reload', '--workers', '2']), ['dialect.note --reload']);
  assert.deepEqual(infos(['--reload-dir', 'src']), ['dialect.note --reload-dir']);
  assert.deepEqual(infos(['--reload', '--reload-dir', 'src']), []);
  assert.deepEqual(infos(['--uds', '/a', '--no-proxy-headers']), []);
});

test('uvicorn refuses values that cannot be read', () => {
  for (const args of [
    ['--port', '70000'],
    ['--host', ''],
    ['--uds', ''],
    ['--workers', '0'],
    ['--workers', '1.5'],
    ['--interface', 'wsgi2'],
    ['--ws-ping-interval', '1m'],
    ['--ws-max-size', '0'],
    ['--ws-per-message-deflate', 'maybe'],
    ['--timeout-keep-alive', '5s'],
    ['--forwarded-allow-ips', 'proxy'],
    ['--log-level', 'loud'],
    ['--limit-max-requests', '0'],
    ['--ssl-cert-reqs', '3'],
    ['--ssl-cert-reqs', 'required'],
    ['--ssl-version', 'TLSv1_2'],
    ['--ssl-certfile', ''],
  ]) {
    assert.deepEqual(errors(args), [`dialect.invalid ${args[0]}`]);
  }
});
