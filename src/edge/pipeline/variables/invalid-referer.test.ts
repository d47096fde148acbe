import { deepEqual, equal } from 'node:assert/strict';
import { test } from 'node:test';
import type { ValidReferers } from '../../../config/model/access.ts';
import { FakeSite, location } from '../../plan/fake-site.ts';

const RULES: ValidReferers = { allowsNone: true, allowsBlocked: false, allowsServerNames: true, names: [] };
const SITE = {
  scope: 0,
  locations: [location('/', { rewrite: [{ kind: 'return', status: 200, body: [{ variable: 'invalid_referer' }] }] })],
};

function site(referers: ValidReferers): FakeSite {
  return new FakeSite({
    scopes: [{ referers }],
    sites: [SITE, SITE],
    names: [
      { name: { kind: 'exact', text: 'one.example' }, site: 0 },
      { name: { kind: 'suffix', text: '.two.example' }, site: 1 },
      { name: { kind: 'regex', pattern: { text: '^two\\d', isCaseless: true } }, site: 1 },
    ],
  });
}

function isInvalid(at: FakeSite, host: string, referer?: string): boolean {
  const fields = referer === undefined ? [] : ([['Referer', referer]] as const);
  return at.ask({ path: '/', host, fields }).body === '1';
}

test('$invalid_referer goes by the names of the site that was asked', () => {
  const at = site(RULES);
  equal(isInvalid(at, 'one.example'), false);
  equal(isInvalid(at, 'one.example', 'https://one.example/page'), false);
  equal(isInvalid(at, 'one.example', 'https://a.two.example/page'), true);
  equal(isInvalid(at, 'a.two.example', 'https://b.two.example/page'), false);
  equal(isInvalid(at, 'a.two.example', 'https://two7.example/page'), false);
  equal(isInvalid(at, 'a.two.example', 'https://one.example/page'), true);
  equal(isInvalid(at, 'one.example', 'something else'), true);
});

test('$invalid_referer knows names, paths and regexes without regard to case', () => {
  const at = site({ ...RULES, allowsServerNames: false, names: ['*.example.org', 'example.net/in', '~\\.goo\\.'] });
  deepEqual(
    [
      'http://a.example.org',
      'http://example.net/inside',
      'http://example.net/',
      'http://x.GOO.com',
      'http://one.example/',
    ].map((referer) => isInvalid(at, 'one.example', referer)),
    [false, false, true, false, true],
  );
});
