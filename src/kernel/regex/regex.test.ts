import { deepEqual, equal, ok } from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';
import { toLatin1 } from '../latin1.ts';
import type { RegexMatch } from './regex.ts';
import { checkRegex, compileRegex, Regex, TOO_COSTLY_MATCH } from './regex.ts';

interface Vector {
  readonly pattern: string;
  readonly caseless?: boolean;
  readonly subjects?: Readonly<Record<string, readonly (string | null)[] | null>>;
  /** The place at which PCRE refuses the pattern. */
  readonly refused?: number;
}

/** What PCRE2 10.42, Debian's, says. */
const VECTORS = JSON.parse(
  readFileSync(new URL('../../../tests/vectors/regex/pcre.json', import.meta.url), 'utf8'),
) as readonly Vector[];

function compiled(pattern: string, caseless = false): Regex {
  const regex = compileRegex(pattern, { caseless });
  if (!regex.ok) {
    throw new Error(`${pattern}: ${regex.fault.message} at ${regex.fault.offset}`);
  }
  return regex.value;
}

function plain(found: RegexMatch | undefined | typeof TOO_COSTLY_MATCH): unknown {
  return typeof found === 'object' ? [...found].map((text) => text ?? null) : (found ?? null);
}

test('both engines find what PCRE finds', () => {
  for (const { pattern, caseless, subjects = {} } of VECTORS.filter((vector) => vector.subjects !== undefined)) {
    const regex = compiled(pattern, caseless);
    for (const [subject, wanted] of Object.entries(subjects)) {
      const words = `${pattern} on ${JSON.stringify(subject)}`;
      deepEqual(plain(regex.match(subject)), wanted, words);
      deepEqual(plain(regex.matchBounded(subject)), wanted, `${words}, with steps`);
    }
  }
});

test('checkRegex() and compileRegex() refuse what PCRE refuses, and say where', () => {
  for (const { pattern, refused } of VECTORS.filter((vector) => vector.refused !== undefined)) {
    const fault = checkRegex(pattern, { caseless: false });
    equal(fault?.kind, 'invalid', pattern);
    // A place nearby is as good to a reader, and some of PCRE's are those of its own parser.
    ok(Math.abs(fault.offset - (refused ?? 0)) <= 3, `${pattern}: ${fault.offset} ${fault.message}`);
    deepEqual(compileRegex(pattern, { caseless: false }), { ok: false, fault });
  }
  equal(checkRegex('^/a', { caseless: false }), undefined);
});

test('a pattern that would take too many instructions is refused', () => {
  for (const pattern of ['(?:ab){60000}', '((((a{1,9}b){1,99}c){1,99}d){1,99}e){1,99}']) {
    equal(checkRegex(pattern, { caseless: false })?.message, 'regular expression is too large');
    equal(compileRegex(pattern, { caseless: false }).ok, false);
  }
});

const SUBJECT_BYTES = 8192;
const longAs = (unit: string, tail = ''): string =>
  unit.repeat(Math.ceil(SUBJECT_BYTES / unit.length)).slice(0, SUBJECT_BYTES - tail.length) + tail;

/** Classic ones, and one for each thing that a linear engine cannot do. */
const CATASTROPHES: readonly (readonly [pattern: string, subject: string])[] = [
  ['(a+)+$', longAs('a', '!')],
  ['^(([a-z])+.)+[A-Z]([a-z])+$', longAs('a')],
  ['(x+x+)+y', longAs('x')],
  ['^/(.*)/(.*)/(.*)/(.*)\\.php$', longAs('/')],
  ['(a|aa)+$', longAs('a', '!')],
  ['(a|a?)+$', longAs('a', '!')],
  ['([a-zA-Z]+)*\\d', longAs('a')],
  ['(.*a){25}', longAs('b', 'a')],
  ['(.*)(.*)(.*)(.*)(.*)x$', longAs('a')],
  ['^(.*?,){25}P', longAs('1,')],
  ['(a+)\\1+$', longAs('a', '!')],
  ['^(?!(a+)+$)(a+)+$', longAs('a', '!')],
  ['(?=(a+)+b)', longAs('a')],
  ['(?<=(a))(a+)+$', longAs('a', '!')],
  ['(?:a{1,40})+$', longAs('a', '!')],
  ['([a-z]{0,500}){0,100}!', longAs('a')],
  ['(?>(a+)+b)', longAs('a')],
  ['(?:(?:a|b)*+c)*$', longAs('ab')],
  ['(\\w+\\s?)*$', longAs('a', '!')],
  ['(?:a?){60}a{60}$', longAs('a', '!')],
  ['^(.+)+@(.+)+\\.(.+)+$', longAs('@.')],
  ['a.*b.*c.*d.*e', longAs('abcd')],
  ['[^/]+/[^/]+/[^/]+/$', longAs('a')],
  ['^/(?:[^/]+/)*[^/]+\\.php$', longAs('/a')],
  ['(?:[a-z0-9-]+\\.)+example\\.com$', longAs('a.')],
];
const MATCH_MS_MAX = 10;
/** The machine may have other work; none of it makes a match take less. */
const ATTEMPTS = 4;

function quickestMs(regex: Regex, subject: string): number {
  let least = Number.POSITIVE_INFINITY;
  for (let attempt = 0; attempt < ATTEMPTS && least >= MATCH_MS_MAX; attempt += 1) {
    const before = process.threadCpuUsage();
    regex.match(subject);
    const { user, system } = process.threadCpuUsage(before);
    least = Math.min(least, (user + system) / 1000);
  }
  return least;
}

test('a hostile subject of 8 KB costs no expression more than 10 ms', () => {
  for (const [pattern, subject] of CATASTROPHES) {
    for (const caseless of [false, true]) {
      const regex = compiled(pattern, caseless);
      const ms = quickestMs(regex, subject);
      ok(ms < MATCH_MS_MAX, `${pattern} took ${ms} ms`);
      // As long as JavaScript's engine is trusted with.
      const trusted = quickestMs(regex, subject.slice(-Math.max(0, regex.harmlessLength)));
      ok(trusted < MATCH_MS_MAX, `${pattern} took ${trusted} ms for ${regex.harmlessLength} bytes`);
    }
  }
});

test('what would double with each byte is answered, where there are no references', () => {
  for (const [pattern, subject] of CATASTROPHES.slice(0, 5)) {
    equal(compiled(pattern).match(subject), undefined, pattern);
  }
  equal(compiled('(a+)\\1+$').match(longAs('a', '!')), TOO_COSTLY_MATCH);
});

test('match() gives long subjects of harmless expressions to JavaScript, and short ones of most others', () => {
  for (const pattern of ['\\.php$', '^/static/(.*)$', '^/([^/]+)/(.*)\\.php$', '^/(?!admin)', '^(?!.*\\.cgi)']) {
    ok(compiled(pattern).harmlessLength >= SUBJECT_BYTES, pattern);
  }
  for (const pattern of ['^/(.*)/(.*)$', '^/(.*)/(.*)\\.php$']) {
    ok(compiled(pattern).harmlessLength >= 256, pattern);
  }
  equal(compiled('a++').harmlessLength, -1);
});

test('a list of a thousand names is no burden', () => {
  const names = Array.from({ length: 1000 }, (_, index) => `${((index * 7919) % 99_991).toString(36)}bot`);
  const regex = compiled(`(?:${names.join('|')})`, true);
  ok(regex.harmlessLength >= 2048, String(regex.harmlessLength));
  const agent = 'Mozilla/5.0 (X11; Linux x86_64; rv:140.0) '.repeat(40);
  equal(regex.match(agent), undefined);
  deepEqual(plain(regex.matchBounded(`${agent.slice(0, 1000)}${names[500]}`)), [names[500]]);
});

test('groups are told by number and name', () => {
  const { groups } = compiled('(?<a>x)(y)(?P<b>z)');
  equal(groups.count, 3);
  deepEqual(
    [...groups.names],
    [
      ['a', 1],
      ['b', 3],
    ],
  );
});

test('a letter outside ASCII is the bytes of its UTF-8', () => {
  equal(toLatin1('/é'), '/\xc3\xa9');
  deepEqual(plain(compiled(toLatin1('^/é+$')).match('/\xc3\xa9\xa9')), ['/\xc3\xa9\xa9']);
});

test('Regex can be used again after any end', () => {
  const regex = compiled('(a+)\\1+$');
  equal(regex.match(longAs('a', '!')), TOO_COSTLY_MATCH);
  deepEqual(plain(regex.match('aaaa')), ['aaaa', 'aa']);
  equal(regex.match('b'), undefined);
  ok(regex instanceof Regex);
});
