import { deepEqual, equal, notEqual } from 'node:assert/strict';
import { test } from 'node:test';
import type { Location } from '../../config/model/server-model.ts';
import type { Route } from '../pipeline/route.ts';
import { FAKE_SCOPE, FakeSite, location } from './fake-site.ts';

function named(text: string, rest: Parameters<typeof location>[1] = {}): Location {
  const body = `${text}`;
  return location(text, { rewrite: [{ kind: 'return', status: 200, body }], ...rest });
}

function found(site: FakeSite, target: string): string {
  return site.ask(target).body;
}

test('an exact location comes before the longest prefix, and that before nothing', () => {
  const site = new FakeSite({ locations: [named('/'), named('= /'), named('/a'), named('/a/b/'), named('= /a/b/c')] });
  const cases = {
    '/': '= /',
    '/x': '/',
    '/a': '/a',
    '/ab': '/a',
    '/a/b': '/a',
    '/a/b/': '/a/b/',
    '/a/b/c': '= /a/b/c',
    '/a/b/cd': '/a/b/',
  };
  for (const [target, text] of Object.entries(cases)) {
    equal(found(site, target), text, target);
  }
});

test('the first regex that matches comes before a prefix, unless that is final', () => {
  const site = new FakeSite({
    locations: [
      named('/'),
      named('/img/'),
      named('^~ /static/'),
      named('~ \\.php$'),
      named('~* \\.PHP$'),
      named('~ ^/img/.*\\.png$'),
    ],
  });
  const cases = {
    '/a.php': '~ \\.php$',
    '/a.PhP': '~* \\.PHP$',
    '/img/a.png': '~ ^/img/.*\\.png$',
    '/img/a.gif': '/img/',
    '/static/a.php': '^~ /static/',
    '/a.png': '/',
  };
  for (const [target, text] of Object.entries(cases)) {
    equal(found(site, target), text, target);
  }
});

test('nested locations are asked below the longest prefix and below a regex, the innermost regexes first', () => {
  const site = new FakeSite({
    locations: [
      named('/a/', { locations: [named('/a/b/'), named('= /a/x'), named('~ \\.inner$'), named('~ both$')] }),
      named('^~ /final/', { locations: [named('~ \\.inner$')] }),
      named('~ both$'),
      named('~ \\.outer$', { locations: [named('~ ^/deep')] }),
    ],
  });
  const cases = {
    '/a/q': '/a/',
    '/a/b/c': '/a/b/',
    '/a/x': '= /a/x',
    '/a/b/z.inner': '~ \\.inner$',
    '/a/both': '~ both$',
    '/both': '~ both$',
    '/final/a.inner': '~ \\.inner$',
    '/final/a.outer': '^~ /final/',
    '/deep.outer': '~ ^/deep',
    '/a/b.outer': '~ \\.outer$',
  };
  for (const [target, text] of Object.entries(cases)) {
    equal(found(site, target), text, target);
  }
});

test('a request that lacks the slash is redirected with its arguments, by the prefix as it is escaped', () => {
  const slash = { redirectsToSlash: true };
  const site = new FakeSite({
    locations: [named('/a b/', slash), named('/c/', slash), named('= /c'), named('/d/', slash), named('/d')],
  });
  const redirect = site.ask('/a%20b?x=1');
  deepEqual([redirect.status, redirect.field('location')], [301, 'http://example.org/a%20b/?x=1']);
  equal(found(site, '/c'), '= /c');
  equal(found(site, '/d'), '/d');
});

test('an internal location is not there for clients', () => {
  const site = new FakeSite({
    locations: [
      named('/secret/', { isInternal: true }),
      location('/show', {
        rewrite: [
          {
            kind: 'rewrite',
            pattern: { text: '^', isCaseless: false },
            replacement: '/secret/x',
            appendsArguments: true,
            flag: 'last',
          },
        ],
      }),
    ],
  });
  equal(site.ask('/secret/x').status, 404);
  equal(found(site, '/show'), '/secret/');
});

test('what is escaped, doubled or dotted does not lead around a location', () => {
  const site = new FakeSite({
    locations: [named('/'), named('/admin/', { rewrite: [{ kind: 'return', status: 403, body: undefined }] })],
  });
  for (const target of [
    '/admin/',
    '//admin/',
    '/./admin/',
    '/x/../admin/',
    '/%61dmin/',
    '/admin%2fx',
    '/x%2f..%2fadmin/',
    '/x/%2e%2e/admin/',
  ]) {
    equal(site.ask(target).status, 403, target);
  }
  for (const target of ['/..', '/a/../..', '/%2e%2e/x']) {
    equal(site.ask(target).status, 400, target);
  }
});

test('ten thousand prefixes, and a path of 20 KB, cost no more than a few', () => {
  const locations = Array.from({ length: 10_000 }, (_, index) => named(`/p${index}/`));
  const site = new FakeSite({ locations: [named('/'), ...locations] });
  const long = `/p77/${'a/'.repeat(10_000)}`;
  const startMs = performanceMs();
  for (let round = 0; round < 200; round += 1) {
    equal(found(site, long), '/p77/');
  }
  equal(performanceMs() - startMs < 2000, true);
});

function performanceMs(): number {
  return process.uptime() * 1000;
}

test('a request that keeps its thread too long with regexes is given up', () => {
  const many = Array.from({ length: 1000 }, (_, index) => named(`~ ^/(a+)+no${index}$`));
  const site = new FakeSite({ locations: [...many, named('/')] });
  equal(site.ask('/short').status, 200, 'a thousand that end at once');
  equal(site.ask(`/${'a'.repeat(2000)}`).status, 500, 'a thousand that do not');
  const few = new FakeSite({ locations: [...many.slice(0, 5), named('/')] });
  equal(few.ask(`/${'a'.repeat(2000)}`).status, 200);
});

test('the connection goes by the rules of whatever answers: the location, where an error page leads, or the site itself', () => {
  const connection = { keepAliveMs: 1 };
  const site = new FakeSite({
    scopes: [
      {},
      {
        connection,
        refusals: { ...FAKE_SCOPE.refusals, pages: [{ statuses: [404], to: '/plain', status: 'unchanged' }] },
      },
      { connection, sending: { timeoutMs: 7 } },
    ],
    locations: [
      named('/plain'),
      location('/error', { scope: 1, rewrite: [{ kind: 'return', status: 404, body: '' }] }),
      named('/own', { scope: 2 }),
    ],
  });
  const rules = (target: string): unknown[] => {
    const { keepAliveMs, writeStallMs } = site.ask(target).rules ?? {};
    return [keepAliveMs, writeStallMs];
  };
  const [usual, stall] = rules('/plain');
  deepEqual(rules('/own'), [1, 7]);
  deepEqual(rules('/error'), [usual, stall], 'by the error page');
  deepEqual(rules('/nothing'), [usual, stall]);
  notEqual(usual, 1);
});

test('a path that leads out of the root is refused, and has no URI for the log', () => {
  const uris: string[] = [];
  const accessLogs = {
    open: () => (route: Route) => void uris.push(route.path),
  };
  const site = new FakeSite({ locations: [named('/')] }, { accessLogs });
  deepEqual([site.ask('/../x').status, site.ask('/a').status, uris], [400, 200, ['', '/a']]);
});
