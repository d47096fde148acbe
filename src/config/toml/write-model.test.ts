import { deepEqual, equal, match } from 'node:assert/strict';
import { test } from 'node:test';
import { omit } from '../../kernel/omit.ts';
import { failure, success } from '../../kernel/outcome.ts';
import { renderDiagnostic } from '../diagnostic.ts';
import type { Listener, Location, ServerModel } from '../model/server-model.ts';
import type { SiteTls } from '../model/site-tls.ts';
import { USUAL_TLS } from '../model/site-tls.ts';
import { readServeRequest } from '../read.ts';
import { serveModel } from '../serve-model.ts';
import { readTomlModel } from './read-model.ts';
import { writeTomlModel } from './write-model.ts';

function served(...args: string[]): ServerModel {
  const { request, diagnostics } = readServeRequest(args, { env: {}, coreCount: 2 });
  if (request === undefined) {
    throw new Error(diagnostics.map(renderDiagnostic).join(''));
  }
  return serveModel(request, '/srv');
}

const DEFAULTS = served();

async function read(text: string): Promise<ServerModel> {
  const { model, diagnostics } = await readTomlModel('/srv/portico.toml', {
    readText: () => success(text),
    glob: () => [],
    env: {},
    readSecret: () => failure('there is no such file'),
    defaults: DEFAULTS,
  });
  deepEqual(diagnostics, [], text);
  if (model === undefined) {
    throw new Error('no model, and nothing said why');
  }
  return model;
}

/** What a model says, whatever the order of what it has once for many: as text, with what is meant in the place of numbers. */
function meaning(model: ServerModel): unknown {
  const scope = (index: number): unknown => {
    const { types, accessLogs, ...rest } = model.scopes[index] ?? ({} as never);
    return {
      ...rest,
      types: model.types[types],
      logs: accessLogs.map((each) => ({ ...each, target: model.logs[each.target] })),
    };
  };
  const place = (value: object): unknown =>
    JSON.parse(JSON.stringify(value), (key, each: unknown) =>
      key === 'scope' && typeof each === 'number' ? scope(each) : each,
    );
  const location = (each: Location): unknown => place(each);
  const { title: _, ...process } = model.process;
  const whole = {
    ...{
      ...model,
      process,
      apps: model.apps.toSorted((one, other) => (one.id < other.id ? -1 : 1)),
      scopes: 0,
      types: 0,
      logs: 0,
      connections: 0,
      certificates: 0,
    },
    sites: model.sites.map(({ tls, connection, locations, ...site }) => ({
      ...(place(site) as object),
      connection: model.connections[connection],
      tls: tls && { ...tls, certificates: tls.certificates.map((index) => model.certificates[index]) },
      locations: locations.map(location),
    })),
  };
  return JSON.parse(
    JSON.stringify(whole).replaceAll('"app":"site"', '"app":"app"').replaceAll('"id":"site"', '"id":"app"'),
  );
}

async function keeps(model: ServerModel): Promise<string> {
  const { text, notes } = writeTomlModel(model, DEFAULTS);
  deepEqual(notes, []);
  deepEqual(meaning(await read(text)), meaning(model), text);
  return text;
}

test('a server of the command line is written in a few lines', async () => {
  equal(await keeps(served('mysite.wsgi')), 'app = "mysite.wsgi"\n');
  equal(
    await keeps(served('mysite.wsgi', '--workers', '3', '--bind', ':80', '--static', '/static/=static', '--no-static')),
    `[app]
module = "mysite.wsgi"
workers = 3

[[site]]
listen = [ "80" ]
static = [ "/static/=/srv/static" ]
app-static = false
`,
  );
});

test('every setting of the command line can be said', async () => {
  await keeps(
    served(
      ...[
        'shop.asgi',
        '--bind',
        '[::1]:1',
        '--bind',
        'unix:/run/x',
        '--backlog',
        '7',
        '--certfile',
        'c',
        '--keyfile',
        'k',
      ],
      ...['--ca-certs', 'ca', '--ciphers', 'X', '--insecure-bind', ':2', '--threads', '2', '--edge-threads', '2'],
      ...['--no-preload', '--python', 'py', '--chdir', 'site', '--env-file', 'e', '--env', 'A=$b', '--timeout', '5'],
      ...[
        '--graceful-timeout',
        '6',
        '--start-timeout',
        '7',
        '--edge-timeout',
        '8',
        '--keep-alive',
        '9',
        '--interface',
        'asgi',
      ],
      ...[
        '--lifespan',
        'off',
        '--loop',
        'asyncio',
        '--max-requests',
        '5',
        '--max-requests-jitter',
        '2',
        '--max-age',
        '1h',
      ],
      ...[
        '--header',
        'X-A: $5',
        '--max-body',
        '3',
        '--access-log',
        'a.log',
        '--access-log-format',
        '%h %s',
        '--log-file',
        'l',
      ],
      ...[
        '--log-format',
        'json',
        '--log-level',
        'debug',
        '--pid-file',
        'p.pid',
        '--umask',
        '027',
        '--root-path',
        '/shop',
      ],
      ...['--x-accel', '/p/=private', '--x-sendfile', 'f', '--reload', '--reload-dir', 'r', '--reload-exclude', '*.x'],
      ...[
        '--forwarded-fields',
        'forwarded',
        '--forwarded-allow-ips',
        '10.0.0.0/8',
        '--queue',
        '7',
        '--queue-timeout',
        '3',
      ],
      ...['--max-connections', '77', '--max-connections-per-address', '5'],
    ),
  );
});

test('sites, locations and rules are written as they are read', async () => {
  const text = `[apps.shop]
module = "shop.wsgi"
workers = 3

[zone.one]
key = "$remote_addr"
rate = "30r/m"

[map.loggable]
from = "$status"
default = "1"

[map.loggable.values]
"~^[23]" = "0"
x = "$x"

[geo.near]
from = "$realip_remote_addr"

[geo.near.networks]
"10.0.0.0/8" = "yes"

[split.variant]
from = "$remote_addr"
parts = [ { percent = 0.5, value = "a" }, { value = "b" } ]

[defaults.headers]
set = { X-All = "1" }

[[site]]
names = [ "example.org", "*.example.org", "~^x" ]
listen = [ "80", "443 tls" ]
app = "shop"
rules = [ { set = "x", to = "1" }, { if = "$host = old.example", rules = [ { rewrite = "(?i)^/A", to = "/b", then = "last" } ], body = { timeout = "5s" } } ]

[site.tls]
certificates = [ { certificate = "/c.pem", key = "/k.pem" } ]

[site.location."/static/"]
files = { root = "/srv", index = [ "a.html" ] }

[site.location."= /old"]
redirect = "https://example.org$request_uri"

[site.location."~* \\\\.php$"]
internal = true
answer = "files"

[site.location."/blog/"]
app = "blog.wsgi"

[site.location."/blog/".location."/blog/x/"]
headers = false
answer = "status"

[[site]]
names = [ "other.example" ]
listen = [ "80 default" ]
connection = { keep-alive = "5s" }
`;
  await keeps(await read(text));
});

test('what is written ends with its last line, an empty table too', async () => {
  const text = await keeps(await read('[[site]]\n[site.location."/a/"]\n'));
  match(text, /\[site\.location\."\/a\/"\]\n$/);
});

test('a server that compresses nothing is written and read as such, though TOML compresses without a word', async () => {
  const model = served('--no-compress', 'a:b');
  const plain = { ...model, scopes: model.scopes.map((scope) => omit(scope, 'compressions')) };
  const { text } = writeTomlModel(plain, DEFAULTS);
  equal(text.includes('compress = false'), true, text);
  deepEqual(
    (await read(text)).scopes.map(({ compressions }) => compressions),
    [undefined],
  );
});

test('an alias without the slash that its location has is told: in the file it has one', async () => {
  const written = await read('[[site]]\nlisten = "80"\n[site.location."/media/"]\nfiles.alias = "/srv/media"\n');
  const scopes = written.scopes.map((scope) =>
    scope.files.kind === 'alias' ? { ...scope, files: { ...scope.files, path: '/srv/media' } } : scope,
  );
  deepEqual(writeTomlModel({ ...written, scopes }, DEFAULTS).notes, [
    'the alias "/srv/media" of location "/media/" has no slash at its end, so that /media/a is /srv/mediaa; in portico.toml it is /srv/media/a',
  ]);
  deepEqual(writeTomlModel(written, DEFAULTS).notes, []);
});

test('TLS of each site is said with it: certificates, versions, sessions, clients', async () => {
  const base = served('mysite.wsgi');
  const [site] = base.sites;
  const backlog = base.listeners[0]?.backlog ?? 0;
  if (site === undefined) throw new Error('no site');
  const certificates = ['/rsa.pem', '/ec.pem'].map((certFile) => ({ certFile, keyFile: '/k', password: '' }));
  const own: readonly Partial<SiteTls>[] = [
    { certificates: [0, 1], protocols: ['TLSv1.3'], ciphers: 'HIGH', prefersServerCiphers: true, curves: 'X25519' },
    { certificates: [1], clients: 'unverified', caCerts: '/ca', trustedCerts: '/more', crl: '/crl', verifyDepth: 1 },
    { certificates: [1], usesTickets: false, keepsSessions: false, sessionMs: 300_000, recordBytesMax: 4096 },
    { certificates: [0], ticketKeyFiles: ['/t1', '/t2'], dhParams: '/dh' },
    { clients: 'required', clientStatus: 'chain', clientResponder: 'http://a.test/', clientStatusCache: 'one' },
    { rejectsHandshake: true },
  ];
  const sites = own.map((tls, index) => ({ ...site, name: `${index}.test`, tls: { ...USUAL_TLS, ...tls } }));
  const listener: Listener = {
    ...{ tls: true, backlog, isIpv6Only: false, fallback: 0 },
    address: { kind: 'tcp', host: '0.0.0.0', port: 443 },
    names: sites.map(({ name: text }, site) => ({ name: { kind: 'exact', text }, site })),
  };
  const text = await keeps({ ...base, certificates, sites, listeners: [listener] });
  match(text, /reject-handshake = true/);
});
