import { equal } from 'node:assert/strict';
import { test } from 'node:test';
import type { ProxyContent, ProxyResponse } from '../../../config/model/proxying.ts';
import { location } from '../../plan/fake-site.ts';
import { askFake } from './fake-proxied.ts';
import { compileRedirects } from './redirects.ts';

interface Asked {
  readonly uri?: string;
  readonly isAbsolute?: boolean;
  readonly field?: 'location' | 'refresh';
  readonly to?: ProxyContent['to'];
}

function redirect(
  value: string,
  redirects: ProxyResponse['redirects'],
  { uri, isAbsolute = false, field = 'location', to }: Asked = {},
): string | undefined {
  const place: ProxyContent['to'] = to ?? {
    kind: 'upstream',
    upstream: 0,
    url: `http://back:8000${uri ?? ''}`,
    host: 'back:8000',
    uri,
  };
  const site = {
    locations: [location('/app/')],
    scopes: [{ redirects: { isAbsolute, usesServerName: false, hasPort: true } }],
  };
  return askFake(site, '/app/x', (compilation) => {
    const edit = compileRedirects({ redirects }, place, compilation);
    return (route) => edit?.(field, value, route);
  }).made;
}

test('by default the address that is asked becomes that of the location', () => {
  equal(redirect('http://back:8000/two/x', ['default'], { uri: '/two/' }), '/app/x');
  equal(redirect('http://back:8000/other', ['default'], { uri: '/two/' }), 'http://back:8000/other');
  equal(redirect('http://back:8000/x', ['default']), '/x');
  equal(redirect('http://back:8000.evil/x', ['default']), 'http://back:8000.evil/x');
  equal(redirect('http://a/', ['default'], { to: { kind: 'text', text: 'http://a' } }), undefined);
});

test('a path that has been put in becomes a whole URL, one of the server itself stays', () => {
  equal(redirect('http://back:8000/x', ['default'], { isAbsolute: true }), 'http://example.org/x');
  equal(redirect('/x', ['default'], { isAbsolute: true }), '/x');
});

test('texts and regexes are asked in their order', () => {
  const rules: ProxyResponse['redirects'] = [
    { from: { text: 'http://a/' }, to: [{ variable: 'scheme' }, '://', { variable: 'host' }, '/a/'] },
    {
      from: { pattern: { text: '^http://(\\w+)/(.*)$', isCaseless: false } },
      to: ['/', { capture: 1 }, '/', { capture: 2 }],
    },
    { from: { text: 'http://b/' }, to: '/never/' },
  ];
  equal(redirect('http://a/x', rules), 'http://example.org/a/x');
  equal(redirect('http://b/x', rules), '/b/x');
  equal(redirect('https://b/x', rules), 'https://b/x');
});

test('Refresh has its address behind an equals sign', () => {
  const options = { field: 'refresh' } as const;
  equal(redirect('7; URL=http://back:8000/x', ['default'], options), '7; URL=/x');
  equal(redirect('7', ['default'], options), '7');
  equal(redirect('0; url=http://other/x', ['default'], options), '0; url=http://other/x');
});

test('`off` leaves all as it is', () => {
  equal(redirect('http://back:8000/x', []), undefined);
});
