import { deepEqual, equal, ok } from 'node:assert/strict';
import { test } from 'node:test';
import type { Content } from '../model/content.ts';
import type { ProxyContent, ProxyPolicy } from '../model/proxying.ts';
import type { ServerModel } from '../model/server-model.ts';
import { tomlFaults, tomlModel } from './fake-toml.ts';

const UPSTREAM = '[[upstream]]\nname = "app"\nservers = ["10.0.0.1:8000"]\n';

function proxyOf(content: Content | undefined): ProxyContent {
  ok(content?.kind === 'proxy', content?.kind);
  return content;
}

function siteProxy(model: ServerModel): { proxy: ProxyContent; policy: ProxyPolicy } {
  const proxy = proxyOf(model.sites[0]?.content);
  const policy = model.proxyPolicies[proxy.policy];
  ok(policy !== undefined);
  return { proxy, policy };
}

test('two lines pass requests on to an upstream, and its server is told who asks and for what', async () => {
  const model = await tomlModel(`${UPSTREAM}[[site]]\nproxy = "app"`);
  const { proxy, policy } = siteProxy(model);
  deepEqual(proxy, {
    kind: 'proxy',
    protocol: 'http',
    tls: false,
    to: { kind: 'upstream', upstream: 0, url: 'http://app', host: 'app', uri: undefined },
    policy: 0,
  });
  deepEqual(
    policy.request.fields.map(({ name }) => name),
    [
      'Host',
      'X-Forwarded-For',
      'X-Forwarded-Proto',
      'X-Forwarded-Host',
      'X-Real-IP',
      'Forwarded',
      'Connection',
      'Upgrade',
    ],
  );
  equal(policy.request.httpVersion, '1.1');
  const [upstream] = model.upstreams;
  deepEqual(
    [upstream?.keepAlive?.connectionsMax, upstream?.balancing, upstream?.servers[0]?.failsMax],
    [32, { kind: 'round-robin' }, 1],
  );
});

test('an address is an upstream by itself; a protocol other than HTTP stands in front of it', async () => {
  const model = await tomlModel(`[[site]]
proxy = "127.0.0.1:8000"
[site.location."/u"]
proxy = "uwsgi://unix:/run/a.sock"
[site.location."/s/"]
proxy = { to = "https://example.org/there/", keep-alive = false }
[site.location."/v"]
proxy = "http://$host"
`);
  deepEqual(
    model.upstreams.map(({ name, isImplicit, keepAlive, servers }) => [
      name,
      isImplicit,
      keepAlive !== undefined,
      servers[0]?.port,
    ]),
    [
      ['127.0.0.1:8000', true, true, 8000],
      ['unix:/run/a.sock', true, true, 0],
      ['example.org', true, false, 443],
    ],
  );
  const [uwsgi, secure, text] = model.sites[0]?.locations.map(({ content }) => proxyOf(content)) ?? [];
  deepEqual(
    [uwsgi?.protocol, secure?.tls, text?.to],
    ['uwsgi', true, { kind: 'text', text: ['http://', { variable: 'host' }] }],
  );
  const policies = [uwsgi, secure, text].map((each) => model.proxyPolicies[each?.policy ?? -1]);
  ok(policies[0]?.request.parameters.some(({ name }) => name === 'PATH_INFO'));
  deepEqual([policies[1]?.connection.tls?.verifies, policies[1]?.connection.tls?.sendsName], [true, true]);
  deepEqual([policies[1]?.response.redirects, policies[2]?.response.redirects], [['default'], []]);
});

test('a location adds to what its site says, and a table of fields to those that there are', async () => {
  const model = await tomlModel(`${UPSTREAM}[[site]]
proxy = { to = "app", read-timeout = "5m", headers = { X-A = "a" } }
[site.location."/slow/"]
proxy = { headers = { x-a = "b", Host = "" }, retry = { tries = 2 } }
[site.location."/list/"]
proxy = { headers = [{ name = "A", value = "b" }] }
[site.location."/files/"]
answer = "files"
`);
  const [slow, list, files] = model.sites[0]?.locations ?? [];
  const policyOf = (content: Content | undefined): ProxyPolicy | undefined =>
    model.proxyPolicies[proxyOf(content).policy];
  const inner = policyOf(slow?.content);
  equal(inner?.connection.readMs, 300_000);
  deepEqual(inner?.retry, { causes: ['error', 'timeout'], triesMax: 2, timeoutMs: 0 });
  deepEqual(inner?.request.fields.slice(-2), [
    { name: 'x-a', value: 'b' },
    { name: 'Host', value: '' },
  ]);
  deepEqual(policyOf(list?.content)?.request.fields, [{ name: 'A', value: 'b' }]);
  equal(files?.content.kind, 'files');
});

test('a path at a site stands in front of that of the request', async () => {
  const whole = siteProxy(await tomlModel('[[site]]\nproxy = "http://127.0.0.1:1/"')).proxy;
  deepEqual(whole.to.kind === 'upstream' && whole.to.uri, undefined);
  const below = siteProxy(await tomlModel('[[site]]\nproxy = "http://127.0.0.1:1/base/"')).proxy;
  deepEqual(below.to.kind === 'upstream' && below.to.uri, '/base');
});

test('what cannot be meant is told with the way out', async () => {
  const said: Readonly<Record<string, string>> = {
    'proxy = "ap"': 'there is no [[upstream]] "ap". Did you mean "app"?',
    'proxy = "uwsgi://here"': 'there is no [[upstream]] "here", and an address has a port',
    'proxy = "ftp://a"':
      '"ftp" is spoken with no server. Write http://, https://, uwsgi://, suwsgi://, fastcgi://, scgi://, memcached://, or nothing for http://',
    'proxy = "app:80"': 'the [[upstream]] "app" has no port: its servers do',
    'proxy = "a:0"': '"a:0" is no address: invalid port',
    'proxy = { read-timeout = 5 }': '"to" is missing',
    'proxy = { to = "app", keep-alive = false }': 'it is said in the [[upstream]]',
    'proxy = { to = "app", tls = { verify = false } }': 'TLS is spoken where "to" says https:// or suwsgi://',
    'proxy = { to = "http://$host", redirects = ["default"] }':
      '"default" needs an address in "to" that has no variables',
    'proxy = { to = "app", headrs = {} }': 'there is no "headrs" here. Did you mean "headers"?',
    'proxy = { to = "app", balance = "random" }': 'there is no "balance" here',
    'proxy = "http://$nothing"': 'there is no variable "$nothing"',
    'location."~ x".proxy = "http://app/y"':
      'the path "/y" would stand in place of that of the location, and a location of a regex has none. Leave it out, or rewrite the path in "rules"',
    'proxy = "http://app/y"\nlocation."/a/".proxy.read-timeout = 3':
      'the path in "proxy" around this place stands in place of another prefix. Say in "proxy" here where requests go',
  };
  for (const [text, message] of Object.entries(said)) {
    const found = await tomlFaults(`${UPSTREAM}[[site]]\n${text}`);
    ok(
      found.some((fault) => fault.includes(message)),
      `${text}: ${found.join('\n')}`,
    );
    equal(new Set(found).size, found.length, `${text} is told once`);
  }
});

test('upstreams have names of their own, and servers addresses', async () => {
  const twice = await tomlFaults(`${UPSTREAM}${UPSTREAM}`);
  ok(twice.some((fault) => fault.includes('the upstream "app" is defined a second time')));
  const learning = (name: string) =>
    `[[upstream]]\nname = "${name}"\nservers = ["b"]\nsticky.learn = { name = "s", size = "64k", create = ["$cookie_a"], lookup = ["$cookie_a"] }\n`;
  const learnt = await tomlFaults(learning('one') + learning('two'));
  ok(learnt.some((fault) => fault.includes('the upstream "one" remembers its sessions by this name')));
  const scheme = await tomlFaults('[[upstream]]\nname = "a"\nservers = ["http://b"]');
  ok(scheme.some((fault) => fault.includes('"http://b" is not an address of a server')));
  const table = await tomlFaults('[upstream.app]\nservers = ["b"]');
  ok(table.some((fault) => fault.includes('"upstream" is written as [[upstream]]')));
  for (const [servers, message] of [
    ['[]', 'there is no server'],
    ['[{ address = "b", backup = true }]', 'all servers are "backup"'],
  ] as const) {
    const found = await tomlFaults(`[[upstream]]\nname = "a b"\nservers = ${servers}`);
    ok(found.some((fault) => fault.includes(message)));
    ok(found.some((fault) => fault.includes('"a b" is no name')));
  }
  const sticky = await tomlFaults(
    '[[upstream]]\nname = "a"\nservers = ["b"]\nsticky = { cookie = "c", route = ["$arg_a"] }',
  );
  ok(sticky.some((fault) => fault.includes('one of "cookie", "route" and "learn"')));
});
