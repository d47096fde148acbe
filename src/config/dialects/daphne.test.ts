import assert from 'node:assert/strict';
import { test } from 'node:test';
import { DAPHNE } from './daphne.ts';
import type { Spoken } from './spoken.ts';
import { faultsOf, namesOf, read, requestOf } from './spoken.ts';

/** `daphne --help` of 4.2 without --help. */
const NAMES = `
  -p --port -b --bind --websocket_timeout --websocket_connect_timeout -u --unix-socket --fd -e --endpoint -v --verbosity
  -t --http-timeout --access-log --log-fmt --ping-interval --ping-timeout --websocket-max-message-size
  --websocket-max-frame-size --application-close-timeout --root-path --proxy-headers --proxy-headers-host
  --proxy-headers-port -s --server-name --no-server-name`;

function options(args: string[], spoken: Spoken = {}) {
  return requestOf(DAPHNE, ['site.asgi:application', ...args], spoken).options;
}

function infos(args: string[], env: Record<string, string> = {}): string[] {
  return faultsOf(DAPHNE, ['a:b', ...args], { env, severity: 'info' });
}

test("daphne's table has every option of it, each once", () => {
  assert.deepEqual(namesOf(DAPHNE), NAMES.trim().split(/\s+/).toSorted());
});

test("daphne's defaults are its own where they matter", () => {
  const { binds, workers, interface: kind, lifespan, keepAliveMs, wsMessageBytesMax, accessLog } = options([]);
  assert.deepEqual(binds, [{ kind: 'tcp', host: '127.0.0.1', port: 8000 }]);
  assert.deepEqual(
    { workers, kind, lifespan, keepAliveMs, wsMessageBytesMax, accessLog },
    { workers: 1, kind: 'asgi', lifespan: 'off', keepAliveMs: 60_000, wsMessageBytesMax: 2 ** 20, accessLog: '-' },
  );
  const { wsPingIntervalMs, wsPingTimeoutMs, forwardedAllowIps, loop } = options([]);
  assert.deepEqual([wsPingIntervalMs, wsPingTimeoutMs, forwardedAllowIps, loop], [20_000, 30_000, [], 'asyncio']);
  assert.equal(options([], { env: { WEB_CONCURRENCY: '4', PORT: '1' } }).workers, 1);
});

test("daphne's addresses add up", () => {
  const tcp = (host: string, port: number) => ({ kind: 'tcp', host, port });
  const unix = { kind: 'unix', path: '/run/d.sock' };
  assert.deepEqual(options(['-p', '80']).binds, [tcp('127.0.0.1', 80)]);
  assert.deepEqual(options(['-b', '0.0.0.0']).binds, [tcp('0.0.0.0', 8000)]);
  assert.deepEqual(options(['-b', '[::1]', '-p8001']).binds, [tcp('::1', 8001)]);
  assert.deepEqual(options(['-u', '/run/d.sock']).binds, [unix]);
  assert.deepEqual(options(['-u', '/run/d.sock', '-p', '80', '-e', 'tcp:81', '-e', 'tcp:port=82:backlog=7']).binds, [
    tcp('0.0.0.0', 81),
    tcp('0.0.0.0', 82),
    tcp('127.0.0.1', 80),
    unix,
  ]);
  assert.equal(options(['-e', 'tcp:81:backlog=7']).backlog, 7);
  assert.deepEqual(faultsOf(DAPHNE, ['a:b', '-p', '80', '-e', 'tcp:80:interface=127.0.0.1']), [
    'dialect.conflict 127.0.0.1:80',
  ]);
});

test('daphne speaks TLS where an ssl: endpoint says so, and nowhere else', () => {
  const tcp = (host: string, port: number) => ({ kind: 'tcp', host, port });
  const [first, second] = ['ssl:443:privateKey=k.pem:certKey=c.pem', 'ssl:444:k.pem:c.pem:interface=127.0.0.1'];
  const alone = options(['-e', first]);
  assert.deepEqual([alone.binds, alone.insecureBinds], [[tcp('0.0.0.0', 443)], []]);
  assert.deepEqual([alone.certFile, alone.keyFile, alone.certReqs], ['c.pem', 'k.pem', 'auto']);
  const both = options(['-e', first, '-e', 'tcp:80', '-e', second, '-p', '81', '-u', '/run/d.sock']);
  assert.deepEqual(both.binds, [tcp('0.0.0.0', 443), tcp('127.0.0.1', 444)]);
  assert.deepEqual(both.insecureBinds, [
    tcp('0.0.0.0', 80),
    tcp('127.0.0.1', 81),
    { kind: 'unix', path: '/run/d.sock' },
  ]);
  const plain = options(['-e', 'tcp:80']);
  assert.deepEqual([plain.binds, plain.insecureBinds, plain.certFile], [[tcp('0.0.0.0', 80)], [], '']);
  assert.deepEqual(faultsOf(DAPHNE, ['a:b', '-e', first, '-e', 'tcp:443']), ['dialect.conflict 0.0.0.0:443']);
  assert.deepEqual(infos(['-e', first, '-u', '/a']), ['dialect.note Unix socket']);
  const { diagnostics } = read(DAPHNE, ['a:b', '-e', first, '-e', 'ssl:444:k.pem:other.pem']);
  assert.match(diagnostics[0]?.message ?? '', /^the ssl: endpoints have different certificates/);
});

test("daphne's options become settings", () => {
  const cases: [string[], Partial<ReturnType<typeof options>>][] = [
    [['-v', '0'], { logLevel: 'warning', accessLog: '' }],
    [['--access-log', 'a.log', '-v', '0'], { accessLog: 'a.log' }],
    [['-v2'], { logLevel: 'debug', accessLog: '-' }],
    [['--ping-interval', '0', '--ping-timeout', '5'], { wsPingIntervalMs: 0, wsPingTimeoutMs: 5000 }],
    [['--websocket-max-message-size', '100'], { wsMessageBytesMax: 100 }],
    [['--root-path', '/x'], { rootPath: '/x' }],
    [['--root-path', 'api/'], { rootPath: '/api' }],
    [['--root-path', '/'], { rootPath: '' }],
    [['--websocket_timeout', '-1', '--http-timeout', '0'], { timeoutMs: 30_000 }],
    [['--proxy-headers', '--proxy-headers-host', 'X-Forwarded-For'], { forwardedAllowIps: ['*'] }],
    [['--no-server-name'], {}],
  ];
  for (const [args, expected] of cases) {
    const given = options(args);
    for (const [key, value] of Object.entries(expected)) {
      assert.deepEqual(given[key as keyof typeof given], value, `${args.join(' ')}: ${key}`);
    }
  }
});

test('daphne --proxy-headers believes everyone, unless somebody is named', () => {
  const env = { PORTICO_FORWARDED_ALLOW_IPS: '10.0.0.1' };
  assert.deepEqual(options(['--proxy-headers'], { env }).forwardedAllowIps, ['10.0.0.1']);
  assert.deepEqual(infos(['--proxy-headers']), ['dialect.note --proxy-headers']);
  assert.deepEqual(infos(['--proxy-headers'], env), []);
});

test('what daphne has and we have not is refused with the way out', () => {
  for (const args of [
    ['--fd', '3'],
    ['-e', 'ssl:443:privateKey=key.pem:certKey=crt.pem:extraCertChain=chain.pem'],
    ['-e', 'ssl:443:a.pem', '-e', 'ssl:444:b.pem'],
    ['-e', 'systemd:domain=INET:index=0'],
    ['--http-timeout', '60'],
    ['--websocket_timeout', '3600'],
    ['--websocket-max-message-size', '0'],
    ['--proxy-headers-host', 'X-Real-IP'],
    ['--proxy-headers-port', 'X-Real-Port'],
    ['-v', '4'],
  ]) {
    const { request, diagnostics } = read(DAPHNE, ['a:b', ...args]);
    assert.equal(request, undefined, args.join(' '));
    assert.equal(diagnostics.length, 1, args.join(' '));
    assert.match(diagnostics[0]?.message ?? '', /\w+.*[^.]\.$/);
  }
});

test('what has no meaning here is told once', () => {
  assert.deepEqual(infos(['-s', 'x', '--log-fmt', '%(message)s', '--websocket_connect_timeout', '-1']), [
    'dialect.meaningless --websocket_connect_timeout',
    'dialect.meaningless --log-fmt',
    'dialect.meaningless -s',
  ]);
  assert.deepEqual(infos(['--no-server-name']), []);
});
