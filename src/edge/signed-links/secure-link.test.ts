import { deepEqual, equal } from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { test } from 'node:test';
import { checkSecureLink, linkBehindSecret, readSecureLink } from './secure-link.ts';

const signed = (text: string): string => createHash('md5').update(text, 'latin1').digest('base64url');

test('checkSecureLink() tells links that hold, have held, and never did', () => {
  const check = (link: string, text: string): string => checkSecureLink(readSecureLink(link), text, 2_000_000);
  const hash = signed('2100/a secret');
  equal(check(`${hash},2100`, '2100/a secret'), '1');
  equal(check(`${hash},2000`, '2100/a secret'), '1');
  equal(check(`${hash},1999`, '2100/a secret'), '0');
  equal(check(`${hash},2100`, '2101/a secret'), '');
  equal(check(hash, '2100/a secret'), '1');
  equal(check(`${hash}==`, '2100/a secret'), '1');
  equal(check(signed('/\xe9'), '/\xe9'), '1');
});

test('readSecureLink() refuses what nginx refuses', () => {
  const hash = signed('x');
  for (const link of ['', 'a', `${hash}a`, `${hash}===`, `+${hash.slice(1)}`, `${hash} `, hash.slice(1)])
    equal(readSecureLink(link).hash, undefined, link);
  for (const expires of ['', '0', '-1', 'x', '1 ', '1,2', '9'.repeat(19)])
    deepEqual(readSecureLink(`${hash},${expires}`), { expires: undefined, hash: undefined }, expires);
  deepEqual(readSecureLink(`short,5`), { expires: '5', hash: undefined });
});

test('linkBehindSecret() gives the link that is signed', () => {
  const hash = createHash('md5').update('a/b.htmlword').digest('hex');
  equal(linkBehindSecret(`/p/${hash}/a/b.html`, 'word'), 'a/b.html');
  equal(linkBehindSecret(`/p/${hash.toUpperCase()}/a/b.html`, 'word'), 'a/b.html');
  for (const target of [
    '/',
    '/p',
    '/p/x/y',
    `/p/${hash}/`,
    `/p/${hash}`,
    `/p/${hash}/a/b.html?x`,
    `/p/q/${hash}/a/b.html`,
  ])
    equal(linkBehindSecret(target, 'word'), undefined, target);
});
