import { deepEqual } from 'node:assert/strict';
import { test } from 'node:test';
import type { ProxyPolicy } from '../../config/model/proxying.ts';
import { fakeRequest } from '../handlers/proxy/fake-proxied.ts';
import { FakeSite, location } from './fake-site.ts';

test('the script of a path is known before a server is asked: `try_files` and `set` look at it', () => {
  const fastcgi = {
    index: 'index.php',
    splitsPath: { text: '^(.+\\.php)(/.*)$', isCaseless: false },
    keepsConnection: false,
    faults: [],
  };
  // Of the others nothing is looked at.
  const policy = fakeRequest({ fastcgi }) as ProxyPolicy;
  const to = { kind: 'upstream', upstream: 0, url: 'fastcgi://x', host: 'x', uri: undefined } as const;
  const tells = [
    {
      kind: 'return',
      status: 200,
      body: [{ variable: 'fastcgi_script_name' }, '|', { variable: 'fastcgi_path_info' }],
    },
  ] as const;
  const site = new FakeSite({
    proxyPolicies: [policy],
    locations: [
      location('/app', { content: { kind: 'proxy', protocol: 'fastcgi', tls: false, to, policy: 0 }, rewrite: tells }),
      location('/', { rewrite: tells }),
    ],
  });
  deepEqual(
    ['/app/a.php/more', '/app/folder/', '/a.php/more'].map((path) => site.ask(path).body),
    ['/app/a.php|/more', '/app/folder/index.php|', '/a.php/more|'],
  );
});
