import { equal } from 'node:assert/strict';
import { test } from 'node:test';
import { FakeSite, location } from './fake-site.ts';
import { readHostName } from './host-name.ts';

test('readHostName() takes port, case and the final dot away', () => {
  const cases: Record<string, string> = {
    '': '',
    'Example.ORG': 'example.org',
    'example.org.': 'example.org',
    'example.org:80': 'example.org',
    'example.org.:80': 'example.org',
    'example.org:': 'example.org',
    '[::1]:80': '[::1]',
    '127.0.0.1:8080': '127.0.0.1',
    'a_b~c': 'a_b~c',
  };
  for (const [authority, host] of Object.entries(cases)) {
    equal(readHostName(authority), host, authority);
  }
});

test('readHostName() refuses what is no host', () => {
  for (const authority of [
    'a..b',
    'a..',
    '.',
    ':80',
    'a/b',
    'a b',
    'a\0',
    'a:b',
    'a:99999',
    '[::1',
    '[::1]x',
    '[a..b]',
    'a@b',
    'ä',
  ]) {
    equal(readHostName(authority), undefined, authority);
  }
});

test('a field Host without a name is refused, no field is not', () => {
  const site = new FakeSite({ locations: [location('/')] });
  equal(site.ask({ path: '/', host: '', fields: [['Host', '']] }).status, 400);
  equal(site.ask({ path: '/', host: '' }).status, 200);
});
