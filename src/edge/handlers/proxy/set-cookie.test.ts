import { deepEqual, equal } from 'node:assert/strict';
import { test } from 'node:test';
import type { ProxyResponse } from '../../../config/model/proxying.ts';
import type { FakeRequestLine } from '../../../protocol/http/fake-request.ts';
import { askFake } from './fake-proxied.ts';
import { compileSetCookie } from './set-cookie.ts';

type Rules = Partial<Pick<ProxyResponse, 'cookieDomains' | 'cookiePaths' | 'cookieFlags'>>;

function edit(cookie: string, rules: Rules, request: FakeRequestLine | string = '/'): string | undefined {
  const all = { cookieDomains: [], cookiePaths: [], cookieFlags: [], ...rules };
  return askFake({}, request, (compilation) => {
    const compiled = compileSetCookie(all, compilation);
    return (route) => compiled?.(cookie, route);
  }).made;
}

function pattern(text: string): { pattern: { text: string; isCaseless: boolean } } {
  return { pattern: { text, isCaseless: true } };
}

test('a domain is replaced whatever its case, and a dot in front of it stays', () => {
  const rules: Rules = { cookieDomains: [{ from: { text: '.Back.example' }, to: [{ variable: 'host' }] }] };
  equal(edit('a=b; domain=back.example', rules), 'a=b; domain=example.org');
  equal(edit('a=b;Domain=.BACK.example;Secure', rules), 'a=b; Domain=.example.org; Secure');
  equal(edit('a=b;Domain=other.example;Secure', rules), 'a=b;Domain=other.example;Secure');
  equal(edit('a=b; domain=xback.example', rules), 'a=b; domain=xback.example');
});

test('a long row of spaces in a cookie costs no more than as many letters', () => {
  const rules: Rules = { cookiePaths: [{ from: { text: '/one' }, to: '/' }] };
  // A time that grows with the square would be hours.
  const row = ' '.repeat(1_000_000);
  equal(edit(`a=b${row}c;${row}path${row}=${row}/one${row}`, rules), `a=b${row}c; path=/`);
});

test('a path is replaced as far as it fits, and by the first rule that does', () => {
  const rules: Rules = {
    cookiePaths: [
      { from: { text: '/one/' }, to: '/' },
      { from: { text: '/' }, to: '/app/' },
      { from: { text: '/two/' }, to: '/never/' },
    ],
  };
  equal(edit('a=b; Path=/one/x; Max-Age=1', rules), 'a=b; Path=/x; Max-Age=1');
  equal(edit('a=b; path=/two/', rules), 'a=b; path=/app/two/');
  equal(edit('a=b; Path', rules), 'a=b; Path');
});

test('a regex replaces all of the value, with what it has found', () => {
  const rules: Rules = { cookieDomains: [{ from: pattern('^\\.?(\\w+)\\.old$'), to: [{ capture: 1 }, '.new'] }] };
  equal(edit('a=b; domain=.x.old', rules), 'a=b; domain=x.new');
});

test('flags are put in and taken out for the cookie that is meant', () => {
  const flags = (cookie: string, ...texts: string[]): Rules => ({
    cookieFlags: [{ cookie: { text: cookie }, flags: texts }],
  });
  equal(edit('a=b', flags('A', 'secure', 'httponly', 'samesite=lax')), 'a=b; Secure; HttpOnly; SameSite=Lax');
  equal(edit('a=b; secure; SAMESITE=none', flags('a', 'secure', 'samesite=strict')), 'a=b; secure; SameSite=Strict');
  equal(edit('a=b; samesite=strict', flags('a', 'samesite=strict')), 'a=b; samesite=strict');
  equal(
    edit('a=b; Secure; HttpOnly; SameSite=Lax; Path=/', flags('a', 'nosecure', 'nohttponly', 'nosamesite')),
    'a=b; Path=/',
  );
  equal(edit('other=b', flags('a', 'secure')), 'other=b');
  equal(edit('a=b', { cookieFlags: [{ cookie: pattern('^a'), flags: [[{ variable: 'arg_none' }]] }] }), 'a=b');
  equal(
    edit(
      'abc=b',
      { cookieFlags: [{ cookie: pattern('^a'), flags: [[{ variable: 'arg_f' }]] }] },
      { path: '/', query: 'f=secure' },
    ),
    'abc=b; Secure',
  );
});

test('what is no cookie, or has an odd value, is left as it is', () => {
  const rules: Rules = { cookiePaths: [{ from: { text: '/' }, to: '/x/' }] };
  deepEqual(
    ['novalue', '', 'a=b=c; Path=/'].map((cookie) => edit(cookie, rules)),
    ['novalue', '', 'a=b=c; Path=/x/'],
  );
  equal(edit('a=b', {}), undefined);
});
