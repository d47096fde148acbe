import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Pool } from '../../model/pool.ts';
import type { Streams } from '../../model/stream.ts';
import { errorsOf, readText } from './fake-files.ts';
import { FAKE_SURROUNDINGS } from './fake-nginx-model.ts';
import { Diagnostics } from './report.ts';
import { streamsOf } from './stream-model.ts';

interface Read {
  readonly streams: Streams | undefined;
  readonly told: readonly string[];
}

function read(text: string, taken: readonly string[] = []): Read {
  const { draft, diagnostics } = readText(`events {} stream { ${text} }`);
  const found = new Diagnostics();
  const streams = streamsOf(draft, {
    around: FAKE_SURROUNDINGS,
    report: found.report,
    taken: new Set(taken),
    backlog: 511,
    logs: new Pool(),
    resolvers: new Pool(),
    certificates: new Pool(),
  });
  return { streams, told: [...diagnostics, ...found.all()].map(({ severity, message }) => `${severity} ${message}`) };
}

test('a server has its listeners, and the defaults of nginx', () => {
  const { streams, told } = read('server { listen 5432; listen [::1]:5432 backlog=10; proxy_pass 127.0.0.1:5433; }');
  assert.deepEqual(told, []);
  assert.deepEqual(streams?.listeners, [
    { address: { kind: 'tcp', host: '0.0.0.0', port: 5432 }, tls: false, backlog: 511, isIpv6Only: false, stream: 0 },
    { address: { kind: 'tcp', host: '::1', port: 5432 }, tls: false, backlog: 10, isIpv6Only: true, stream: 0 },
  ]);
  const [server] = streams.servers;
  assert.deepEqual(server?.content.kind === 'proxy' && server.content.policy, {
    connectMs: 60_000,
    idleMs: 600_000,
    bufferBytes: 65_536,
    retry: { isOn: true, triesMax: 0, timeoutMs: 0 },
    halfCloses: false,
    bind: '',
    probes: false,
    uploadRate: '0',
    downloadRate: '0',
    requestsMax: 0,
    sendsProxyProtocol: 'no',
    alpn: [],
  });
  assert.deepEqual(
    [server?.readsHello, server?.preread, server?.sendsAtOnce],
    [false, { bytesMax: 16_384, timeoutMs: 30_000 }, true],
  );
});

test('what stream says holds in its servers, unless they say something else', () => {
  const { streams } = read(
    `proxy_timeout 1m; proxy_connect_timeout 5s; allow 127.0.0.1; ssl_preread on;
     server { listen 1; proxy_pass 127.0.0.1:2; }
     server { listen 2; proxy_pass 127.0.0.1:2; proxy_timeout 2m; deny all; ssl_preread off; proxy_protocol v2; }`,
  );
  const told = streams?.servers.map(({ content, addresses, readsHello }) => [
    content.kind === 'proxy' && [content.policy.idleMs, content.policy.connectMs, content.policy.sendsProxyProtocol],
    addresses.map(({ from }) => from),
    readsHello,
  ]);
  assert.deepEqual(told, [
    [[60_000, 5_000, 'no'], ['127.0.0.1'], true],
    [[120_000, 5_000, 'v2'], ['all'], false],
  ]);
});

test('servers that name one upstream have it once, whether a block defines it or not', () => {
  const { streams } = read(
    `server { listen 1; proxy_pass DB; } upstream db { hash $remote_addr; server 127.0.0.1:5432 weight=2; }
     server { listen 2; proxy_pass Localhost:5432; } server { listen 3; proxy_pass localhost:5432; }`,
  );
  assert.deepEqual(
    streams?.upstreams.map(({ name, isImplicit }) => [name, isImplicit]),
    [
      ['db', false],
      ['Localhost:5432', true],
    ],
  );
  assert.deepEqual(
    streams.servers.map(({ content }) => content.kind === 'proxy' && content.to),
    [
      { kind: 'upstream', upstream: 0 },
      { kind: 'upstream', upstream: 1 },
      { kind: 'upstream', upstream: 1 },
    ],
  );
});

test('a text with variables is looked at when a connection comes; variables are those of streams alone', () => {
  const { streams, told } = read(
    'map $ssl_preread_server_name $name { default db; } server { listen 1; set $x 1; proxy_pass $name; } server { listen 2; return "$protocol $x"; }',
  );
  assert.deepEqual(told, []);
  assert.deepEqual(
    streams?.servers.map(({ content }) => content),
    [
      { ...streams?.servers[0]?.content, kind: 'proxy', to: { kind: 'text', text: [{ variable: 'name' }] } },
      { kind: 'return', text: [{ variable: 'protocol' }, ' ', { variable: 'x' }] },
    ],
  );
  assert.deepEqual(
    streams.variables.map(({ variable }) => variable),
    ['name'],
  );
});

test('a listener says whether the header of the PROXY protocol comes first, and a server whom it believes', () => {
  const { streams } = read('set_real_ip_from 10.0.0.0/8; server { listen 1 proxy_protocol; listen 2; return x; }');
  assert.deepEqual(
    streams?.listeners.map(({ hasProxyHeader }) => hasProxyHeader),
    [true, undefined],
  );
  assert.deepEqual(streams.servers[0]?.realIpFrom, ['10.0.0.0/8']);
});

test('nobody listens where something else would be spoken than what the file says, and it is told', () => {
  const { streams, told } = read('server { listen 3; pass 127.0.0.1:4; }');
  assert.equal(streams, undefined);
  assert.deepEqual(told, ['warning "pass" directive has no effect yet']);
});

test('datagrams have addresses of their own, beside those of connections', () => {
  const { streams, told } = read(
    `proxy_responses 1; server { listen 53 udp reuseport; listen [::]:53 udp; listen 53; proxy_pass 127.0.0.1:5; proxy_requests 2; }
     server { listen 54 udp; proxy_pass unix:/s; proxy_ssl on; }`,
    ['0.0.0.0:54'],
  );
  assert.deepEqual(
    streams?.listeners.map(({ address, isIpv6Only }) => [address?.kind, isIpv6Only]),
    [
      ['udp', false],
      ['udp', true],
      ['tcp', false],
      ['udp', false],
    ],
  );
  const [server] = streams.servers;
  const policy = server?.content.kind === 'proxy' ? server.content.policy : undefined;
  assert.deepEqual([policy?.requestsMax, policy?.responsesEach], [2, 1]);
  assert.deepEqual(told, [
    'warning udp: no TLS is spoken with servers: datagrams are passed on as they are',
    'warning udp: datagrams cannot be sent to a Unix socket',
  ]);
});

test('what nginx refuses of a stream is refused', () => {
  const inStream = (text: string) => errorsOf(`events {} stream { ${text}\n}`).map((told) => told.replace(/^\S+ /, ''));
  assert.deepEqual(inStream('server { listen 127.0.0.1; return x; }'), [
    'no port in "127.0.0.1" of the "listen" directive',
  ]);
  assert.deepEqual(inStream('server { listen 1; return x; } server { listen *:1; return y; }'), [
    'duplicate "0.0.0.0:1" address and port pair',
  ]);
  assert.deepEqual(inStream('server { listen 1 http2; return x; }'), ['the invalid "http2" parameter']);
  for (const word of ['ssl', 'proxy_protocol', 'backlog=5', 'so_keepalive=on']) {
    const [name] = word.split('=');
    assert.deepEqual(inStream(`server { listen 1 udp ${word}; return x; }`), [
      `"${name}" parameter is incompatible with "udp"`,
    ]);
  }
  assert.deepEqual(inStream('server { listen unix:/s udp; return x; }'), [
    'datagrams cannot be taken at a Unix socket',
  ]);
  assert.deepEqual(inStream('server { listen 1 udp; listen 1 udp; return x; }'), [
    'duplicate "0.0.0.0:1 udp" address and port pair',
  ]);
  assert.deepEqual(inStream('server { listen 1; return x; access_log /log; }'), ['log format is not specified']);
  assert.deepEqual(inStream('server { listen 1; return x; access_log /log combined; }'), [
    'unknown log format "combined"',
  ]);
  assert.deepEqual(inStream('server { listen 1; return x; limit_conn a 1; }'), ['unknown limit_conn_zone "a"']);
  assert.deepEqual(inStream('server { listen 1; proxy_pass nobody; }'), ['no port in upstream "nobody"']);
  assert.deepEqual(read('server { listen 1; }').told, ['error no handler for server']);
});

test('an address of http is none of a stream, as nginx cannot bind it a second time', () => {
  const server = 'server { listen 127.0.0.1:81; proxy_pass 127.0.0.1:5433; }';
  assert.deepEqual(read(server, ['127.0.0.1:82']).told, []);
  assert.deepEqual(read(server, ['127.0.0.1:81']).told, [
    'error bind() to 127.0.0.1:81 failed (98: Address already in use)',
  ]);
});

test('a health check says what a server is told and has to answer, byte by byte, and as whom it asks', () => {
  const { streams, told } = read(
    String.raw`match pong { send "PING\r\n\x00\xff"; expect "+PONG"; } match ready { expect ~ "^220 \d"; } match any { }
     upstream a { server 127.0.0.1:1; } upstream b { server 127.0.0.1:1; } upstream c { server 127.0.0.1:1; }
     health_check_timeout 2s;
     server { listen 1; proxy_pass a; }
     server { listen 2; proxy_pass a; proxy_protocol on;
       health_check interval=10s jitter=1s fails=2 passes=3 port=81 match=pong mandatory persistent; }
     server { listen 3; proxy_pass b; health_check match=ready; health_check_timeout 3s; }
     server { listen 4; proxy_pass c; health_check match=any; }`,
  );
  assert.deepEqual(told, []);
  const usual = { uri: undefined, host: '', match: { statuses: [[200, 399]], statusesAreExcluded: false, fields: [] } };
  const once = { intervalMs: 5000, jitterMs: 0, fails: 1, passes: 1, port: 0, isMandatory: false, ...usual };
  assert.deepEqual(
    streams?.upstreams.map(({ healthCheck }) => healthCheck),
    [
      {
        ...{ ...usual, intervalMs: 10_000, jitterMs: 1000, fails: 2, passes: 3, port: 81, isMandatory: true },
        ...{ timeoutMs: 2000, policy: 1 },
        dialogue: { says: 'PING\r\n\0\xff', expects: { text: '+PONG', isRegex: false } },
      },
      { ...once, timeoutMs: 3000, dialogue: { says: '', expects: { text: String.raw`^220 \d`, isRegex: true } } },
      { ...once, timeoutMs: 2000 },
    ],
  );
});

for (const [what, text, expected] of [
  ['nothing to ask', 'server { listen 1; proxy_pass 127.0.0.1:2; health_check; }', /no upstream whose servers/],
  ['a parameter of requests', 'server { listen 1; proxy_pass a; health_check uri=/; }', /invalid parameter "uri=\/"/],
  ['datagrams', 'server { listen 1; proxy_pass a; health_check udp; }', /"udp" has no effect yet/],
  ['a condition of requests', 'match m { status 200; }', /invalid condition "status 200"/],
  ['nothing behind a word', 'match m { send; }', /invalid condition "send"/],
  ['a regex to send', 'match m { send ~ x; }', /invalid condition "send ~ x"/],
  ['a regex that is none', 'match m { expect ~ "("; }', /pcre2_compile\(\) failed/],
  ['a match said twice', 'match m { } match m { }', /duplicate match "m"/],
] as const) {
  test(`a health check with ${what} is told of`, () => {
    const { told } = read(`upstream a { server 127.0.0.1:1; } ${text} server { listen 9; return ""; }`);
    assert.equal(told.length, 1, told.join('\n'));
    assert.match(told[0] ?? '', expected);
  });
}
