import assert from 'node:assert/strict';
import { test } from 'node:test';
import { HYPERCORN } from './hypercorn.ts';
import type { Spoken } from './spoken.ts';
import { faultsOf, namesOf, read, requestOf } from './spoken.ts';

/** `hypercorn --help` of 0.18 without --help. */
const NAMES = `
  --access-log --access-logfile --access-logformat --backlog -b --bind --ca-certs --certfile --cert-reqs --ciphers -c
  --config -D --daemon --debug --error-log --error-logfile --log-file --graceful-timeout --read-timeout --max-requests
  --max-requests-jitter -g --group -k --worker-class --keep-alive --keyfile --keyfile-password --insecure-bind
  --log-config --log-level -p --pid --quic-bind --reload --root-path --server-name --statsd-host --statsd-prefix -m
  --umask -u --user --verify-mode --websocket-ping-interval -w --workers`;
/** The attributes of hypercorn.config.Config that a file can set with values of TOML. */
const KEYS = `
  bind insecure_bind quic_bind root_path access_log_format accesslog alpn_protocols alt_svc_headers backlog ca_certs
  certfile ciphers cert_reqs daemon debug dogstatsd_tags errorlog graceful_timeout read_timeout group
  h11_max_incomplete_size h11_pass_raw_headers h2_max_concurrent_streams h2_max_header_list_size
  h2_max_inbound_frame_size include_date_header include_server_header keep_alive_timeout keep_alive_max_requests keyfile
  keyfile_password logconfig loglevel max_app_queue_size max_requests max_requests_jitter pid_path server_names
  shutdown_timeout ssl_handshake_timeout startup_timeout statsd_host statsd_prefix umask use_reloader user verify_flags
  verify_mode websocket_max_message_size websocket_ping_interval worker_class workers wsgi_max_body_size`;

function options(args: string[], spoken: Spoken = {}) {
  return requestOf(HYPERCORN, ['app:app', ...args], spoken).options;
}

function inFile(toml: string): Spoken {
  return { files: { 'h.toml': toml } };
}

test("hypercorn's table has every option of it, each once, and every key", () => {
  assert.deepEqual(namesOf(HYPERCORN), NAMES.trim().split(/\s+/).toSorted());
  const keys = HYPERCORN.options.flatMap(({ key }) => key ?? []);
  assert.deepEqual(keys.toSorted(), KEYS.trim().split(/\s+/).toSorted());
});

test("hypercorn's defaults are its own where they matter", () => {
  const { binds, backlog, workers, loop, gracefulTimeoutMs, keepAliveMs, wsPingIntervalMs, accessLog } = options([]);
  assert.deepEqual(binds, [{ kind: 'tcp', host: '127.0.0.1', port: 8000 }]);
  assert.deepEqual(
    { backlog, workers, loop, gracefulTimeoutMs, keepAliveMs, wsPingIntervalMs, accessLog },
    {
      backlog: 100,
      workers: 1,
      loop: 'asyncio',
      gracefulTimeoutMs: 3000,
      keepAliveMs: 5000,
      wsPingIntervalMs: 0,
      accessLog: '',
    },
  );
  assert.deepEqual(options([]).forwardedAllowIps, []);
});

test('hypercorn names applications in its own way', () => {
  const app = (text: string) => requestOf(HYPERCORN, [text]);
  assert.equal(app('shop').app, 'shop:app');
  assert.equal(app('shop:create()').app, 'shop:create()');
  assert.deepEqual([app('wsgi:shop:app').app, app('wsgi:shop:app').options.interface], ['shop:app', 'wsgi']);
  assert.deepEqual([app('asgi:shop:app').app, app('asgi:shop:app').options.interface], ['shop:app', 'asgi']);
  assert.equal(app('shop:app').options.interface, 'auto');
  assert.deepEqual(faultsOf(HYPERCORN, ['rsgi:shop:app']), ['dialect.invalid rsgi:shop:app']);
});

test("hypercorn's options become settings", () => {
  const tcp = (host: string, port: number) => ({ kind: 'tcp', host, port }) as const;
  const cases: [string[], Partial<ReturnType<typeof options>>][] = [
    [['-b', '0.0.0.0:80', '--bind', 'unix:/a'], { binds: [tcp('0.0.0.0', 80), { kind: 'unix', path: '/a' }] }],
    [
      ['-b', 'localhost', '-b', '[::1]:81', '-b', '::1:82'],
      { binds: [tcp('localhost', 8000), tcp('::1', 81), tcp('::1', 82)] },
    ],
    [['-w', '3', '-k', 'uvloop'], { workers: 3, loop: 'uvloop' }],
    [['--max-requests', '5', '--max-requests-jitter', '2'], { maxRequests: 5, maxRequestsJitter: 2 }],
    [['--graceful-timeout', '9', '--keep-alive', '8'], { gracefulTimeoutMs: 9000, keepAliveMs: 8000 }],
    [['--websocket-ping-interval', '4'], { wsPingIntervalMs: 4000 }],
    [['--access-logfile', '-', '--log-file', 'e.log'], { accessLog: '-', logFile: 'e.log' }],
    [['--access-log', 'a.log', '--error-logfile', '-'], { accessLog: 'a.log', logFile: '' }],
    [['--access-log', 'a.log', '--log-level', 'WARNING'], { accessLog: '', logLevel: 'warning' }],
    [['-p', 'h.pid', '--reload'], { pidFile: 'h.pid', reloadOnChange: true }],
    [['--root-path', '/api/'], { rootPath: '/api' }],
    [['--root-path', 'api/'], { rootPath: '/api' }],
    [['--root-path', '/'], { rootPath: '' }],
    [['-m', '7'], { umask: 7 }],
    [['--web', '5'], { wsPingIntervalMs: 5000 }],
  ];
  for (const [args, expected] of cases) {
    const given = options(args);
    for (const [key, value] of Object.entries(expected)) {
      assert.deepEqual(given[key as keyof typeof given], value, `${args.join(' ')}: ${key}`);
    }
  }
  assert.equal(options(['--debug']).env.get('PYTHONASYNCIODEBUG'), '1');
});

test("hypercorn's options for TLS become settings", () => {
  const files = ['--certfile', 'c.pem', '--keyfile', 'k.pem'];
  const cases: [string[], Partial<ReturnType<typeof options>>][] = [
    [files, { certFile: 'c.pem', keyFile: 'k.pem', keyPassword: '', caCerts: '', certReqs: 'auto', ciphers: '' }],
    [[...files, '--keyfile-password', 'x', '--ciphers', 'AES'], { keyPassword: 'x', ciphers: 'AES' }],
    [
      [...files, '-b', ':443', '--insecure-bind', ':80', '--insecure-bind', 'unix:/a'],
      {
        binds: [{ kind: 'tcp', host: '0.0.0.0', port: 443 }],
        insecureBinds: [
          { kind: 'tcp', host: '0.0.0.0', port: 80 },
          { kind: 'unix', path: '/a' },
        ],
      },
    ],
    [[...files, '--ca-certs', 'ca.pem'], { caCerts: 'ca.pem', certReqs: 'none' }],
    [['--verify-mode', 'CERT_NONE'], { certReqs: 'none' }],
    [['--ca-certs', 'ca.pem', '--verify-mode', 'CERT_OPTIONAL'], { certReqs: 'optional' }],
    [['--verify-mode', 'CERT_REQUIRED', '--cert-reqs', '2'], { certReqs: 'required' }],
    [['--cert-reqs', '1'], { certReqs: 'optional' }],
  ];
  for (const [args, expected] of cases) {
    const given = options(args);
    for (const [key, value] of Object.entries(expected)) {
      assert.deepEqual(given[key as keyof typeof given], value, `${args.join(' ')}: ${key}`);
    }
  }
  const warnings = (args: string[]) => faultsOf(HYPERCORN, ['a:b', ...args], { severity: 'warning' });
  assert.deepEqual(warnings(['--ca-certs', 'a']), ['dialect.note --ca-certs']);
  assert.deepEqual(warnings(['--ca-certs', 'a', '--verify-mode', 'CERT_NONE']), []);
  const spoken = { env: { PORTICO_KEYFILE: 'k.pem' } };
  assert.equal(options(['--certfile', 'c.pem'], spoken).keyFile, 'k.pem', 'a key is named');
  assert.deepEqual(faultsOf(HYPERCORN, ['a:b', '-b', ':1', '--insecure-bind', ':1']), ['dialect.conflict 0.0.0.0:1']);
});

test("hypercorn's keys for TLS become settings", () => {
  const given = options(
    ['-c', 'h.toml'],
    inFile(`
      certfile = "c.pem"
      keyfile = "k.pem"
      keyfile_password = "x"
      ca_certs = "ca.pem"
      verify_mode = 2
      ciphers = "ECDHE+AESGCM"
      insecure_bind = "0.0.0.0:80"
      alpn_protocols = ["http/1.1"]
    `),
  );
  const { certFile, keyFile, keyPassword, caCerts, certReqs, ciphers, insecureBinds } = given;
  assert.deepEqual(
    { certFile, keyFile, keyPassword, caCerts, certReqs, ciphers, insecureBinds },
    {
      certFile: 'c.pem',
      keyFile: 'k.pem',
      keyPassword: 'x',
      caCerts: 'ca.pem',
      certReqs: 'required',
      ciphers: 'ECDHE+AESGCM',
      insecureBinds: [{ kind: 'tcp', host: '0.0.0.0', port: 80 }],
    },
  );
  const told = (toml: string, severity: 'error' | 'info') =>
    faultsOf(HYPERCORN, ['a:b', '-c', 'h.toml'], { ...inFile(toml), severity });
  const noted = ['dialect.note h.toml:1:1: alpn_protocols', 'dialect.meaningless h.toml:2:1: ssl_handshake_timeout'];
  assert.deepEqual(told('alpn_protocols = ["h2", "http/1.1"]\nssl_handshake_timeout = 9', 'info'), noted);
  assert.deepEqual(told('alpn_protocols = ["http/1.1"]', 'info'), []);
  assert.deepEqual(told('alpn_protocols = ["h2"]', 'error'), ['dialect.invalid h.toml:1:1: alpn_protocols']);
  assert.deepEqual(told('cert_reqs = 3', 'error'), ['dialect.invalid h.toml:1:1: cert_reqs']);
});

test('hypercorn --config reads TOML, and options win over it', () => {
  const file = inFile(`
    bind = ["127.0.0.1:81", "unix:/run/h.sock"]
    workers = 2
    keep_alive_timeout = 1.5
    use_reloader = false
    startup_timeout = 10
    loglevel = "DEBUG"
    websocket_max_message_size = 1000
    umask = 0o007
  `);
  const given = options(['-c', 'h.toml', '--workers', '3'], file);
  assert.deepEqual(given.binds, [
    { kind: 'tcp', host: '127.0.0.1', port: 81 },
    { kind: 'unix', path: '/run/h.sock' },
  ]);
  const { workers, keepAliveMs, reloadOnChange, startTimeoutMs, logLevel, wsMessageBytesMax, umask } = given;
  assert.deepEqual(
    { workers, keepAliveMs, reloadOnChange, startTimeoutMs, logLevel, wsMessageBytesMax, umask },
    {
      workers: 3,
      keepAliveMs: 1500,
      reloadOnChange: false,
      startTimeoutMs: 10_000,
      logLevel: 'debug',
      wsMessageBytesMax: 1000,
      umask: 7,
    },
  );
  assert.deepEqual(options(['-c', 'h.toml'], inFile('bind = "0.0.0.0:1"')).binds, [
    { kind: 'tcp', host: '0.0.0.0', port: 1 },
  ]);
});

test('faults of a configuration file are told with their line and key', () => {
  const faults = (toml: string) => faultsOf(HYPERCORN, ['a:b', '-c', 'h.toml'], inFile(toml));
  assert.deepEqual(faults('wrokers = 2\nbacklog = "x"\nverify_flags = 4'), [
    'dialect.unknown-key h.toml:1:1: wrokers',
    'dialect.invalid h.toml:2:1: backlog',
    'dialect.unsupported h.toml:3:1: verify_flags',
  ]);
  assert.match(
    read(HYPERCORN, ['a:b', '-c', 'h.toml'], inFile('wrokers = 2')).diagnostics[0]?.message ?? '',
    /mean workers\?/,
  );
  assert.deepEqual(faults('\nworkers = '), ['dialect.file h.toml:2:11']);
  assert.deepEqual(faults('[workers]\na = 1'), ['dialect.file h.toml:1:1']);
  assert.deepEqual(faults('debug = "perhaps"'), ['dialect.invalid h.toml:1:1: debug']);
  assert.deepEqual(faultsOf(HYPERCORN, ['a:b', '-c', 'none.toml']), ['dialect.file none.toml']);
  assert.deepEqual(faultsOf(HYPERCORN, ['a:b', '-c', 'python:conf']), ['dialect.invalid -c']);
  assert.deepEqual(faultsOf(HYPERCORN, ['a:b', '--config', 'file:conf.py']), ['dialect.invalid --config']);
});

test('what hypercorn has and we have not is refused with the way out', () => {
  for (const args of [
    ['--bind', 'fd://3'],
    ['--certfile', 'a'],
    ['--verify-mode', 'REQUIRED'],
    ['--verify-mode', '3'],
    ['--cert-reqs', 'CERT_REQUIRED'],
    ['--cert-reqs', '1', '--verify-mode', 'CERT_REQUIRED'],
    ['--quic-bind', ':443'],
    ['--insecure-bind', 'fd://3'],
    ['--server-name', 'a.example'],
    ['--user', '33'],
    ['-g', '33'],
    ['--worker-class', 'trio'],
    ['--statsd-host', 'a:1'],
    ['--log-config', 'l.ini'],
    ['--access-logformat', '%(u)s'],
    ['-c', 'python:conf'],
  ]) {
    const { request, diagnostics } = read(HYPERCORN, ['a:b', ...args]);
    assert.equal(request, undefined, args.join(' '));
    assert.equal(diagnostics.length, 1, args.join(' '));
    assert.match(diagnostics[0]?.message ?? '', /\w+.*[^.]\.$/);
  }
});

test('a format of the access log is read in the letters of hypercorn', () => {
  const { request } = read(HYPERCORN, ['a:b', '--access-logformat', '%(h)s %(S)s %(st)s']);
  assert.deepEqual(request?.options.accessLogFormat, { words: 'hypercorn', text: '%(h)s %(S)s %(st)s' });
});

test('what has no meaning here is told once', () => {
  const told = faultsOf(HYPERCORN, ['a:b', '-D', '--read-timeout', '5', '-m', '22'], { severity: 'info' });
  assert.deepEqual(told, ['dialect.note -m', 'dialect.meaningless -D', 'dialect.meaningless --read-timeout']);
  assert.match(read(HYPERCORN, ['a:b', '-m', '22']).diagnostics[0]?.message ?? '', /0o026/);
});
