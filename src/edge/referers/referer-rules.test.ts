import { equal } from 'node:assert/strict';
import { test } from 'node:test';
import { RefererRules } from './referer-rules.ts';

const NONE = { allowsNone: false, allowsBlocked: false, names: [], patterns: [], hostPatterns: [] };

/** What Debian's nginx says to `valid_referers none blocked server_names *.ok.com ok.N/p ~\.goo\.` with N a star, in a server of two names. */
test('RefererRules welcomes whom nginx welcomes', () => {
  const rules = new RefererRules({
    allowsNone: true,
    allowsBlocked: true,
    names: ['www.my.com', '*.ok.com', 'ok.*/p'],
    patterns: [/\.goo\./i],
    hostPatterns: [/^re\d/],
  });
  for (const [referer, isWelcome] of [
    [undefined, true],
    ['', true],
    ['foo', true],
    ['http://', true],
    ['http://a.b', true],
    ['http://www.my.com/x', true],
    ['http://WWW.MY.COM', true],
    ['http://re1/abc', true],
    ['http://x.ok.com/', true],
    ['http://ok.com/', false],
    ['http://ok.net/p1', true],
    ['http://ok.net/q', false],
    ['https://ok.net:80/p', true],
    ['http://x.goo.y', true],
    ['ftp://x.ok.com/', true],
    ['http://x.ok.com?q', false],
    ['http://a.b.goo.c/', true],
  ] as const) {
    equal(rules.isWelcome(referer), isWelcome, referer);
  }
});

test('RefererRules refuses what is not named', () => {
  const rules = new RefererRules({ ...NONE, names: ['.example.com', 'example.org/a'] });
  for (const [referer, isWelcome] of [
    [undefined, false],
    ['foo', false],
    ['http://a.b', false],
    ['http://example.com', true],
    ['http://www.example.com/', true],
    ['http://example.org', false],
    ['http://example.org/ab', true],
    ['http://example.org/A', false],
    [`http://${'a'.repeat(257)}.example.com/`, false],
  ] as const) {
    equal(rules.isWelcome(referer), isWelcome, referer);
  }
});

test('RefererRules without a host and a regex welcomes everything', () => {
  equal(new RefererRules(NONE).isWelcome('http://example.com/'), true);
  equal(new RefererRules({ ...NONE, patterns: [/x/] }).isWelcome(undefined), false);
});
