import { deepEqual, equal } from 'node:assert/strict';
import { test } from 'node:test';
import { TOML_DEFAULTS as DEFAULTS, tomlFaults as faults, tomlModel as model, readToml } from './fake-toml.ts';
import { DEFAULT_SCOPE } from './fields/scope-fields.ts';

test('an application alone is a server', async () => {
  const { sites, apps, listeners, scopes } = await model('app = "mysite.wsgi"');
  deepEqual(apps, [{ ...DEFAULTS.apps[0], id: 'app', target: 'mysite.wsgi' }]);
  deepEqual(
    sites.map(({ content }) => content),
    [{ kind: 'app', app: 'app', scriptName: '', folders: [], servesDeclared: true }],
  );
  deepEqual(
    listeners.map(({ address }) => address),
    DEFAULTS.listeners.map(({ address }) => address),
  );
  equal(scopes.length, 1);
});

test('what holds without a word is what holds for "portico serve"', () => {
  const { types: _, accessLogs: __, ...written } = DEFAULT_SCOPE;
  const { types: ___, accessLogs: ____, files, ...scope } = DEFAULTS.scopes[0] ?? ({} as (typeof DEFAULTS.scopes)[0]);
  deepEqual({ ...written, files }, { ...scope, files });
});

test('a location adds to what holds around it, and equal scopes stand once', async () => {
  const { sites, scopes } = await model(`
app = "a"
[defaults]
headers.set = { X-All = "1" }
[[site]]
body.max-size = "10M"
[site.location."/up/"]
body.timeout = "5s"
[site.location."/up/deep/".location."~ \\\\.php$"]
internal = true
[[site]]
body.max-size = "10M"
`);
  const [up, deep] = sites[0]?.locations ?? [];
  deepEqual(scopes[up?.scope ?? -1]?.requestBodies, { bytesMax: 10_485_760, timeoutMs: 5000 });
  deepEqual(scopes[up?.scope ?? -1]?.fields?.fields, [{ name: 'X-All', value: '1', always: false, effect: 'add' }]);
  deepEqual(deep?.locations[0]?.match, { kind: 'regex', pattern: { text: '\\.php$', isCaseless: false } });
  equal(deep?.locations[0]?.isInternal, true);
  equal(deep?.scope, sites[1]?.scope);
  equal(scopes.length, 2);
});

test('who names a folder means its files, and an application is mounted where it is named', async () => {
  const { sites, apps } = await model(`
[apps.shop]
module = "shop.wsgi"
workers = 3
[[site]]
app = "shop"
static = "/static/=assets"
[site.location."/media/"]
files.alias = "media"
[site.location."/blog/"]
app = "blog.wsgi"
[site.location."/blog/admin/"]
access.addresses = ["allow 10.0.0.0/8", "deny all"]
[site.location."/api/"]
app = "shop"
script-name = ""
[site.location."= /status"]
answer = "status"
[site.location."= /upstreams"]
answer = "upstreams"
`);
  const app = { kind: 'app', app: 'shop', scriptName: '', servesDeclared: true } as const;
  const assets = {
    url: '/static/',
    root: '/etc/portico/assets',
    hashed: false,
    missing: 'refuse',
    links: 'inside',
  } as const;
  deepEqual(sites[0]?.content, { ...app, folders: [assets] });
  deepEqual(
    sites[0]?.locations.map(({ content }) => content),
    [
      { kind: 'files' },
      { ...app, app: 'blog.wsgi', scriptName: '/blog', folders: [assets] },
      { ...app, folders: [assets] },
      { ...app, folders: [assets] },
      { kind: 'status' },
      { kind: 'upstreams' },
    ],
  );
  deepEqual(
    apps.map(({ id, target, workers }) => [id, target, workers]),
    [
      ['shop', 'shop.wsgi', 3],
      ['blog.wsgi', 'blog.wsgi', DEFAULTS.apps[0]?.workers],
    ],
  );
});

test('sites share addresses by their names', async () => {
  const { listeners } = await model(`
[[site]]
names = ["a.example", ".b.example"]
listen = ["80", "unix:/run/a.sock"]
[[site]]
names = "www.c.*"
listen = "80 default backlog=5"
[[site]]
names = '~^d\\d+$'
listen = "[::1]:8080"
`);
  deepEqual(
    listeners.map(({ address, names, fallback, backlog }) => [
      address?.kind === 'unix' ? address.path : address?.port,
      names.map(({ name, site }) => `${name.kind} ${name.kind === 'regex' ? name.pattern.text : name.text} ${site}`),
      fallback,
      backlog,
    ]),
    [
      [80, ['exact a.example 0', 'exact b.example 0', 'suffix .b.example 0', 'prefix www.c. 1'], 1, 5],
      ['/run/a.sock', ['exact a.example 0', 'exact b.example 0', 'suffix .b.example 0'], 0, 2048],
      [8080, ['regex ^d\\d+$ 2'], 2, 2048],
    ],
  );
});

test('an address speaks uwsgi where it says so, and then no TLS', async () => {
  const { listeners } = await model('[[site]]\nlisten = ["80", "127.0.0.1:3031 uwsgi"]\n');
  deepEqual(
    listeners.map(({ speaks }) => speaks),
    [undefined, 'uwsgi'],
  );
  deepEqual(await faults('[[site]]\nlisten = "3031 uwsgi proxy-protocol"\n'), [
    'portico.toml:2:10: "uwsgi" goes with neither "tls" nor "proxy-protocol": its variables say who the client is.',
  ]);
  deepEqual(await faults('[[stream]]\nlisten = "3031 uwsgi"\nproxy = "10.0.0.1:1"\n'), [
    'portico.toml:2:10: "uwsgi" says nothing of a stream, whose bytes are passed on as they are.',
  ]);
  equal((await faults('[[site]]\nlisten = "81 uwsgi"\n[[site]]\nlisten = "81"\nnames = "a.test"\n')).length, 1);
});

test('rules are run in their order, and a condition has a scope of its own', async () => {
  const { sites, scopes } = await model(`
[[site]]
rules = [
  { set = "x", to = "1$uri" },
  { if = "$host = old.example", redirect = "https://new.example$request_uri" },
  { if = '$uri ~ \\.pdf$', body.max-size = 5, rules = [{ rewrite = "^/a", to = "/b", then = "last" }] },
  { break = true },
]
[site.location."/x"]
reply = { status = 410, text = "gone" }
`);
  const [set, first, second, end] = sites[0]?.rewrite ?? [];
  deepEqual([set, end], [{ kind: 'set', variable: 'x', value: ['1', { variable: 'uri' }] }, { kind: 'break' }]);
  deepEqual(first?.kind === 'if' && first.inside, [
    { kind: 'return', status: 301, body: ['https://new.example', { variable: 'request_uri' }] },
  ]);
  equal(second?.kind === 'if' && second.inside.length, 1);
  equal(second?.kind === 'if' && scopes[second.scope]?.requestBodies.bytesMax, 5);
  // What a place answers comes behind who may ask; what a rule answers does not.
  deepEqual(sites[0]?.locations[0]?.rewrite, []);
  deepEqual(sites[0]?.locations[0]?.content, { kind: 'reply', status: 410, body: 'gone' });
});

test('files that are included are one configuration, each relative to its own folder', async () => {
  const { sites, scopes, zones } = await model({
    'portico.toml': 'include = ["sites/*.toml", "zones.toml"]\napp = "a"',
    'sites/b.toml': '[[site]]\nnames = "b"\nfiles = "public"',
    'sites/a.toml': '[[site]]\nnames = "{env.HOST}"',
    'zones.toml': '[zone.one]\nkey = "$remote_addr"\nrate = "30r/m"\nsize = "1M"',
  });
  deepEqual(
    sites.map(({ name, content }) => [name, content.kind]),
    [
      ['b', 'files'],
      ['env.example', 'app'],
    ],
  );
  equal(scopes[sites[0]?.scope ?? -1]?.files.path, '/etc/portico/sites/public');
  deepEqual(zones, [
    { name: 'one', kind: 'requests', key: [{ variable: 'remote_addr' }], bytes: 1_048_576, ratePerKilosecond: 500 },
  ]);
});

test('everything that is wrong is told at once, at its line and column', async () => {
  deepEqual(
    await faults({
      'portico.toml': `include = ["more.toml", "absent.toml"]
ap = 1
[app]
workers = 0
[[site]]
listen = "80 tsl"
nams = "a"
[site.location."static"]
files = 1
[site.location."/a"]
headers.expires = "soon"
rules = [{ rewrite = "x" }, { when = 1 }]
`,
      'more.toml': '[[site]]\nlisten = "80"\n[app]\nmodule = "x"\n[zone.a]\nkey = "$a $"\n',
    }),
    [
      'portico.toml:1:25: /etc/portico/absent.toml: there is no such file.',
      'portico.toml:2:1: there is no "ap" here. Did you mean "app"?',
      'portico.toml:3:2: "module" is missing.',
      'portico.toml:4:11: 0 is not between 1 and 9007199254740991.',
    ].concat(
      [
        'portico.toml:6:10: "tsl" says nothing of an address. Did you mean "tls"?',
        'portico.toml:7:1: there is no "nams" here. Did you mean "names"?',
        'portico.toml:8:2: "static" is not a path, which begins with a slash. A regex has "~" in front.',
        'portico.toml:9:9: 1 is not a table.',
        'portico.toml:11:19: "soon" is not a time. Write "30d", "modified 1h", "@15h30m", "max", "epoch" or "off".',
        'portico.toml:12:10: "to" is missing.',
        'portico.toml:12:29: a table is not a rule: a table with "if", "rewrite", "return", "set", "break".',
      ],
      ['more.toml:6:7: after a dollar stands the name of a variable; a dollar itself is written twice: "$$".'],
    ),
  );
});

test('a key that stands elsewhere is told by its place there', async () => {
  const told = await faults(
    'workers = 2\n[app.shop]\nmodule = "x"\n[[site]]\nroot = "x"\nacess.basic = 1\n[[site.location]]\nfiles = "x"\n',
  );
  deepEqual(told, [
    'portico.toml:1:1: there is no "workers" here. Did you mean "app.workers"?',
    'portico.toml:2:2: [app] is the only application. One of several is [apps.shop].',
    'portico.toml:5:1: there is no "root" here. Did you mean "files.root"?',
    'portico.toml:6:1: there is no "acess" here. Did you mean "access"?',
    'portico.toml:7:3: a list is not a table of locations. Write [site.location."/path/"].',
  ]);
});

test('what is not spoken cannot be asked for: a key or word that had no effect would seem to have one', async () => {
  deepEqual(await faults('[[site]]\nlisten = "80 http2"\n'), [
    'portico.toml:2:10: HTTP/2 is not spoken yet: leave "http2" out.',
  ]);
  deepEqual(await faults('[[site]]\nlisten = "80 proxy_protocol"\n'), [
    'portico.toml:2:10: "proxy_protocol" says nothing of an address. Did you mean "proxy-protocol"?',
  ]);
  deepEqual(await faults('[[site]]\ntls = { certificates = ["a.pem"], protocols = ["TLSv1.1", "TLSv1.3"] }\n'), [
    'portico.toml:2:48: "TLSv1.1" is not one of "TLSv1.2", "TLSv1.3".',
  ]);
});

test('a file that says nothing of what is served is refused, as one is that has just been emptied', async () => {
  const nothing = ['portico.toml:1:1: nothing is served: there is neither an [app] nor a [[site]] nor a [[stream]].'];
  deepEqual(await faults(''), nothing);
  deepEqual(await faults('[edge]\nthreads = 2\n[apps.shop]\nmodule = "shop"\n'), nothing);
  equal((await model('[defaults]\nfiles.root = "/srv"\n')).sites.length, 1);
});

test('a regex that cannot be used is told at its place, wherever one may stand', async () => {
  const text = `[map.a]
from = "$host"
values = { "~(" = "1" }
[[site]]
names = ["a", "~[b"]
[site.location."~ ^/(a"]
rules = [{ rewrite = "(x", to = "/" }, { if = "$host ~ *", return = 404 }]
`;
  deepEqual(
    (await faults(text)).map((each) => each.replace(/ cannot be used: .*/, '')),
    [
      'portico.toml:3:19: the regex "("',
      'portico.toml:5:15: the regex "[b"',
      'portico.toml:6:2: the regex "^/(a"',
      'portico.toml:7:22: the regex "(x"',
      'portico.toml:7:47: the regex "*"',
    ],
  );
});

test('a site says all rules of its connections, and a location those of a request', async () => {
  const text = '[[site]]\nconnection.head-timeout = 5\n[site.location."/a"]\nconnection.keep-alive = 7\n';
  const { sites, connections, scopes } = await model(text);
  equal(connections[sites[0]?.connection ?? 0]?.headTimeoutMs, 5000);
  equal(scopes[sites[0]?.scope ?? 0]?.connection, undefined);
  equal(scopes[sites[0]?.locations[0]?.scope ?? 0]?.connection?.keepAliveMs, 7000);
});

test('a condition and one rule may stand in one table', async () => {
  const long = '[[site]]\nrules = [{ if = "$host = a", rules = [{ return = 404, with = "no" }, { break = true }] }]\n';
  const short = '[[site]]\nrules = [{ if = "$host = a", return = 404, with = "no", rules = [{ break = true }] }]\n';
  deepEqual((await model(short)).sites, (await model(long)).sites);
});

test('a variable or a zone that is defined nowhere is told where it is used', async () => {
  const files = {
    'portico.toml': `include = ["more.toml"]
[[site]]
names = "~^(?<own>.+)$"
try = ["$urii", "$later", "$own", "$Host", "$arg_x", "$geoip_country_code", "=404"]
access-log = [{ to = "-", format = "$stauts $set_here $from_answer" }]
rate-limit.rates = [{ zone = "logins" }, { zone = "login" }]
rules = [{ set = "set_here", to = "$one" }, { if = "$two = 1", return = 404 }]
access.request = { uri = "/ask", set = { from_answer = "$upstream_http_x" } }
`,
    'more.toml': '[map.later]\nfrom = "$host"\n[zone.logins]\nkey = "$nobody"\nrate = "1r/s"\n',
  };
  deepEqual(await faults(files), [
    'portico.toml:4:8: there is no variable "$urii". Did you mean "$uri"?',
    'portico.toml:5:36: there is no variable "$stauts". Did you mean "$status"?',
    'portico.toml:6:51: there is no [zone.login]. Did you mean "logins"?',
    'portico.toml:7:35: there is no variable "$one". Did you mean "$own"?',
    'portico.toml:7:52: there is no variable "$two". Did you mean "$own"?',
    'more.toml:4:7: there is no variable "$nobody".',
  ]);
});

test('a name that is nearly that of an application is a slip, and a module is not', async () => {
  const apps = '[apps.shop]\nmodule = "shop.wsgi"\n[[site]]\nlisten = "80"\n';
  deepEqual(await faults(`${apps}app = "shopp"\n`), [
    'portico.toml:5:7: there is no [apps.shopp]. Did you mean "shop"? A module of this name is written as "shopp:app", with its callable.',
  ]);
  const { apps: all } = await model(`${apps}app = "blog"\n[site.location."/x/"]\napp = "shop.asgi"\n`);
  deepEqual(
    all.map(({ id }) => id),
    ['shop', 'blog', 'shop.asgi'],
  );
});

test('a site that speaks TLS has a certificate, or that of the site before it at its address', async () => {
  const certificate = 'tls.certificates = "a.pem"\n';
  deepEqual(await faults('[[site]]\nlisten = "443 tls"\n'), [
    'portico.toml:2:10: 0.0.0.0:443 speaks TLS, and "tls.certificates" of this site names no certificate.',
  ]);
  await model(`[[site]]\nlisten = "443 tls"\n${certificate}[[site]]\nnames = "b"\nlisten = "443 tls"\n`);
});

test('the key of a fault in a dotted key is shown, and not the table around it', async () => {
  deepEqual(await faults('[[site]]\n[site.location."/a/"]\nfile.alias = "x"\n'), [
    'portico.toml:3:1: there is no "file" here. Did you mean "files"?',
  ]);
});

test('a value that takes something from elsewhere which is not there has no other fault', async () => {
  deepEqual(await faults('[[site]]\nlisten = "{env.NOWHERE}"\n'), [
    'portico.toml:2:10: {env.NOWHERE}: there is no such variable in the environment. "{env.NOWHERE:default}" says what holds without it.',
  ]);
});

test('a folder in place of a prefix is meant with a slash at its end', async () => {
  const { model } = await readToml('[[site]]\n[site.location."/media/"]\nfiles.alias = "media"\n');
  const [location] = model?.sites[0]?.locations ?? [];
  const { files } = model?.scopes[location?.scope ?? 0] ?? {};
  deepEqual([files?.kind, files?.path], ['alias', '/etc/portico/media/']);
});

test('a text that is not TOML is told at its line', async () => {
  deepEqual(await faults('[app]\nmodule = "shop\n'), [
    'portico.toml:2:15: the line ends inside of a text: the quote that closes it is missing.',
  ]);
  deepEqual(await faults('a = 1\nb = = 2\n'), ['portico.toml:2:5: invalid value.']);
});

test('a byte order mark is no part of a text', async () => {
  const { apps } = await model('\uFEFFapp = "mysite.wsgi"');
  equal(apps[0]?.target, 'mysite.wsgi');
  deepEqual(await faults('\uFEFFap = "x"'), ['portico.toml:1:1: there is no "ap" here. Did you mean "app"?']);
});

test('tables that lie in each other by the dots of a key are counted as by brackets', async () => {
  deepEqual(await faults(`${Array.from({ length: 20_000 }, () => 'a').join('.')} = 1`), [
    'portico.toml:1:1: tables lie in each other more than 32 deep.',
  ]);
});

test('of a file with a fault in every line the first thousand are told', async () => {
  const found = await faults(Array.from({ length: 5000 }, (_, index) => `k${index} = 1\n`).join(''));
  equal(found.length, 1000);
  equal(found[999], 'portico.toml:1000:1: there is no "k999" here.');
});
