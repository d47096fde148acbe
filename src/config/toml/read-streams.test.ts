import { deepEqual, equal, match } from 'node:assert/strict';
import { test } from 'node:test';
import { failure, success } from '../../kernel/outcome.ts';
import type { ServerModel } from '../model/server-model.ts';
import { readServeRequest } from '../read.ts';
import { serveModel } from '../serve-model.ts';
import { readTomlModel } from './read-model.ts';
import { writeTomlModel } from './write-model.ts';

const { request } = readServeRequest(['mysite.wsgi'], { env: {}, coreCount: 2 });
const DEFAULTS = serveModel(request!, '/srv');

function reading(text: string) {
  return readTomlModel('/srv/portico.toml', {
    readText: () => success(text),
    glob: () => [],
    env: {},
    readSecret: () => failure('there is no such file'),
    defaults: DEFAULTS,
  });
}

async function read(text: string): Promise<ServerModel> {
  const { model, diagnostics } = await reading(text);
  deepEqual(diagnostics, [], text);
  return model!;
}

/** What is read, written and read again says the same; the text that was written. */
async function keeps(text: string): Promise<string> {
  const model = await read(text);
  const written = writeTomlModel(model, DEFAULTS);
  deepEqual(written.notes, []);
  deepEqual(await read(written.text), model, written.text);
  return written.text;
}

async function faultOf(text: string): Promise<string> {
  const { diagnostics } = await reading(text);
  return diagnostics.map(({ message }) => message).join('\n');
}

test('a stream alone makes a file: an address, and who gets its connections', async () => {
  const text = '[[stream]]\nlisten = [ "5432" ]\nproxy = "10.0.0.11:5432"\n';
  const { sites, listeners, apps, streams } = await read(text);
  deepEqual([sites, listeners, apps], [[], [], []]);
  deepEqual(streams?.listeners[0]?.address, { kind: 'tcp', host: '0.0.0.0', port: 5432 });
  equal(streams?.upstreams[0]?.servers[0]?.port, 5432);
  equal(await keeps(text), text);
});

test('datagrams have addresses of their own beside those of connections', async () => {
  const text = `[[stream]]
listen = [ "53", "53 udp", "[::]:53 ipv6-only udp" ]

[stream.proxy]
to = "10.0.0.2:53"
requests = 2
responses = 1
`;
  const { streams } = await read(text);
  deepEqual(
    streams?.listeners.map(({ address }) => address?.kind),
    ['tcp', 'udp', 'udp'],
  );
  equal(await keeps(text), text);
});

test('everything that a stream may say is kept', async () => {
  await keeps(`
app = "mysite.wsgi"
[[stream-upstream]]
name = "db"
servers = ["10.0.0.11:5432", { address = "10.0.0.12:5432", backup = true }, "unix:/run/db.sock"]
balance = "hash $remote_addr consistent"
zone = "db"
health-check = { interval = "2s", port = 5433, send = 'PING\\x0a\\x00\\xffé\\x5cx41', expect = "+PONG" }
[zone.conns]
kind = "connections"
key = "$binary_remote_addr"
[stream-map.where]
from = "$ssl_preread_alpn_protocols"
default = "db"
values = { "h2" = "10.0.0.1:443" }
[stream-geo.near]
networks = { "10.0.0.0/8" = "1" }
[stream-split.part]
from = "$remote_addr"
parts = [{ percent = 50, value = "a" }, { value = "b" }]
[[stream]]
listen = ["127.0.0.1:5432 proxy-protocol backlog=7", "[::1]:5432 ipv6-only"]
proxy = { to = "db", connect-timeout = "2s", timeout = "1h", buffer-size = "16k", retry = { on = false, tries = 2 }, half-close = true, bind = "10.0.0.1", tcp-keepalive = true, upload-rate = "10k", download-rate = "$near", send-proxy-protocol = "v2", tls = { verify = false, send-name = false }, alpn = ["one", "$near"] }
access = ["allow 10.0.0.0/8", "deny all"]
concurrency-limit = { counts = { zone = "conns", max = 3 } }
real-ip-from = ["10.0.0.1", "unix:"]
proxy-protocol-timeout = "2s"
read-hello = true
preread = { size = "1k", timeout = "1s" }
set = { variable = "x", value = "$part" }
tcp-nodelay = false
resolver = "127.0.0.53"
access-log = [{ to = "/var/log/db.log", if = "$x" }, { to = "-", format = "$remote_addr" }]
error-log = "stderr"
[[stream]]
listen = "7000"
return = "go away $remote_addr"
[[stream]]
listen = "7001"
proxy = "$where"
`);
});

test('what a health check says and expects are bytes', async () => {
  const check = async (said: string) => {
    const text = `[[stream-upstream]]\nname = "db"\nservers = "a:1"\nhealth-check = ${said}\n[[stream]]\nlisten = "1"\nproxy = "db"\n`;
    await keeps(text);
    return (await read(text)).streams?.upstreams[0]?.healthCheck?.dialogue;
  };
  deepEqual(await check('{}'), undefined);
  deepEqual(await check(`{ send = 'a\\x00\\XFF\\x5cx41é' }`), { says: 'a\0\\XFF\\x41\xc3\xa9' });
  deepEqual(await check('{ expect = { regex = "^220 " } }'), { says: '', expects: { text: '^220 ', isRegex: true } });
  deepEqual(await check(String.raw`{ expect = '\xff' }`), { says: '', expects: { text: '\xff', isRegex: false } });
});

test('names of TLS are routed without a certificate, or behind one', async () => {
  const routes = 'sni = { "shop.example" = "10.0.0.1:443", "*.example.com" = "web", default = "10.0.0.2:443" }';
  const web = '[[stream-upstream]]\nname = "web"\nservers = "10.0.0.9:443"\n';
  const passed = await keeps(`${web}[[stream]]\nlisten = "443"\n${routes}`);
  match(passed, /\[stream\.sni\]/);
  equal(passed.includes('read-hello'), false);
  const { streams } = await read(`${web}[[stream]]\nlisten = "443"\n${routes}`);
  equal(streams?.servers[0]?.readsHello, true);
  // Their servers are looked up at the start, so a name needs no resolver.
  deepEqual(
    streams?.upstreams.map(({ name }) => name),
    ['web', '10.0.0.1:443', '10.0.0.2:443'],
  );
  const ended = await read(
    `${web}[[stream]]\nlisten = "443 tls"\n${routes}\nproxy = { timeout = "1h" }\ntls.certificates = "a.pem"`,
  );
  deepEqual(ended.streams?.variables[0]?.kind === 'map' && ended.streams.variables[0].source, [
    { variable: 'ssl_server_name' },
  ]);
  equal(ended.streams?.servers[0]?.readsHello, false);
});

for (const [what, text, fault] of [
  ['nothing for its clients', 'listen = "1"', /nothing is said of what its clients get/],
  ['two things for its clients', 'listen = "1"\nproxy = "a:1"\nreturn = "x"', /a client gets one of them/],
  ['no address', 'proxy = "10.0.0.1:5432"', /"listen" is missing/],
  [
    'an upstream that is not there',
    'listen = "1"\nproxy = "dp"',
    /no \[\[stream-upstream\]\] "dp"\. Did you mean "db"/,
  ],
  ['a server without a port', 'listen = "1"\nproxy = "10.0.0.1"', /an address has a port/],
  ['two servers', 'listen = "1"\nproxy = "db"\nsni = { default = "db" }', /leave "to" out/],
  ['TLS without a certificate', 'listen = "1 tls"\nproxy = "db"', /names no certificate/],
  ['a certificate without TLS', 'listen = "1"\nproxy = "db"\ntls.certificates = "a"', /TLS would not be spoken/],
  ['one address twice', 'listen = ["1", "0.0.0.0:1"]\nproxy = "db"', /has the address 0\.0\.0\.0:1 already/],
  ['a word for sites', 'listen = "1 default"\nproxy = "db"', /has its address for itself/],
  ['a variable that nobody has', 'listen = "1"\nproxy = "$nobody"', /no variable "\$nobody"/],
  [
    'a check that expects a regex that is none',
    'listen = "1"\nproxy = "db"\n[[stream-upstream]]\nname = "x"\nservers = "a:1"\nhealth-check.expect.regex = "("',
    /the regex "\(" cannot be used/,
  ],
  [
    'a check that expects two things',
    'listen = "1"\nproxy = "db"\n[[stream-upstream]]\nname = "x"\nservers = "a:1"\nhealth-check.expect = { regex = "a", begins = "b" }',
    /either "begins" or "regex"/,
  ],
  ['a handshake of datagrams', 'listen = "1 udp tls"\nproxy = "db"', /"udp" goes with no word that is said of conn/],
  ['datagrams at a path', 'listen = "unix:/s udp"\nproxy = "db"', /cannot be taken at a Unix socket/],
  [
    'TLS over datagrams',
    'listen = "1 udp"\nproxy = { to = "db", tls = {} }',
    /"udp"\), and no TLS is spoken with servers/,
  ],
  ['no memory to read into', 'listen = "1"\nproxy = { to = "db", buffer-size = 0 }', /not between 1 byte and 64 KB/],
] as const) {
  test(`a stream with ${what} is told of`, async () => {
    const db = '[[stream-upstream]]\nname = "db"\nservers = "10.0.0.1:5432"\n[[stream]]\n';
    match(await faultOf(db + text), fault);
  });
}

test('servers of a stream have a port, and a table alone is no stream', async () => {
  match(await faultOf('[[stream-upstream]]\nname = "db"\nservers = "10.0.0.1"\n'), /"10\.0\.0\.1" has no port/);
  match(await faultOf('[stream]\nlisten = "1"\n'), /is written as \[\[stream\]\]/);
});

test("an address is a stream's or a site's: the kernel would choose one of the two for each connection", async () => {
  const stream = '[[stream]]\nlisten = "127.0.0.1:81"\nproxy = "10.0.0.1:1"\n';
  const site = (listen: string): string => `[[site]]\nlisten = "${listen}"\nproxy = "10.0.0.1:2"\n`;
  match(await faultOf(stream + site('127.0.0.1:81')), /a \[\[site\]\] has the address 127\.0\.0\.1:81 already/);
  equal((await read(stream + site('127.0.0.1:82'))).listeners.length, 1);
});
