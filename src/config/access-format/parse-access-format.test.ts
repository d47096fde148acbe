import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { FormatPart, FormatWords } from './access-format.ts';
import { APACHE_LETTERS } from './apache-atoms.ts';
import { checkAccessFormat, NICKNAMES, parseAccessFormat, readParts } from './parse-access-format.ts';

/** Texts as they are, atoms as `<name argument>`. */
function sketch(text: string, words: FormatWords = text.includes('%(') ? 'gunicorn' : 'apache'): string {
  const parts = readParts({ words, text });
  return parts.ok ? parts.value.map(sketchPart).join('') : parts.fault;
}

function sketchPart(part: FormatPart): string {
  return part.kind === 'text' ? part.text : `<${`${part.name} ${part.argument}`.trim()}>`;
}

function fault(text: string): string {
  const parsed = parseAccessFormat(text);
  assert.equal(parsed.ok, false, text);
  return parsed.ok ? '' : parsed.fault;
}

test('parseAccessFormat() knows the forms that have a name', () => {
  assert.deepEqual(parseAccessFormat('Combined'), { ok: true, value: { words: 'combined', text: '' } });
  assert.deepEqual(parseAccessFormat('json'), { ok: true, value: { words: 'json', text: '' } });
  for (const [name, text] of NICKNAMES) {
    assert.deepEqual(parseAccessFormat(name), { ok: true, value: { words: 'apache', text } });
  }
  assert.deepEqual(parseAccessFormat('%h %%(x)'), { ok: true, value: { words: 'apache', text: '%h %%(x)' } });
  assert.match(fault('combind'), /neither combined, common, vcombined or json/);
  assert.match(fault('$remote_addr'), /nginx's: %h/);
});

test("Apache's letters, with what stands in braces", () => {
  assert.equal(
    sketch('%h %l %u %t "%r" %>s %b "%{Referer}i"'),
    '<client-address> <nothing> <user> <time> "<request-line>" <status> <body-bytes-or-dash> "<request-field Referer>"',
  );
  assert.equal(sketch('%{ms}T%{us}T%{s}T%T%D'), '<milliseconds><microseconds><seconds><seconds><microseconds>');
  assert.equal(
    sketch('%{%Y-%m-%dT%T}t %{end:sec}t %{begin:msec_frac}t'),
    '<time %Y-%m-%dT%T> <end-time sec> <time msec_frac>',
  );
  assert.equal(
    sketch('%{remote}p %{c}a %{SSL_CIPHER}x %<s%{X}>o'),
    '<client-port> <peer-address> <tls SSL_CIPHER> <status><response-field X>',
  );
  assert.equal(sketch('100%% %m'), '100% <method>');
  assert.equal(sketch('\\"%r\\"\\t%%'), '"<request-line>"\t%');
});

test('statuses before a letter are its condition', () => {
  const parts = readParts({ words: 'apache', text: '%!200,304{Referer}i%404r' });
  assert.deepEqual(parts.ok && parts.value.map((part) => part.kind === 'atom' && part.condition), [
    { statuses: [200, 304], isNegated: true },
    { statuses: [404], isNegated: false },
  ]);
});

test('of what Apache has, all is known, and what cannot be had says why and where', () => {
  const ofApache = 'aABDfhHIkLlmOPpqrRsSTtUuVvXbCeinox'.split('');
  assert.deepEqual([...APACHE_LETTERS].sort(), ofApache.sort());
  for (const [text, why] of [
    ['x%I', /^"%I" at column 2: the edge does not count/],
    ['%O', /%B has those of the body/],
    ['%{A}e', /"%\{A\}e" at column 1: .* %\{Name\}o/],
    ['%{A}n', /modules of Apache/],
    ['%^FB', /"%\^FB" at column 1: the edge does not keep trailers/],
    ['%{x}^ti', /trailers/],
    ['%f', /%U has the path/],
    ['%R', /no handlers/],
    ['%A', /%p has the port/],
    ['%Z', /Apache has no such letter/],
    ['%i', /write %\{NAME\}i/],
    ['%{x}h', /\{x\} is none of c/],
    ['%{x}m', /nothing in braces/],
    ['%{tid}P', /is none of pid/],
    ['%{SSL_SESSION_ID}x', /SSL_PROTOCOL and SSL_CIPHER can/],
    ['%{%Q}t', /"%Q" is no letter of a time/],
    ['%h %', /"%" at column 4: a letter has to follow/],
    ['%!s', /a letter has to follow/],
    ['%{a', /"%\{a" at column 1: its brace is not closed/],
    ['%h %>{X}', /"%>\{X\}" at column 4: .* no letter follows/],
    ['\\"%h\\" \\t%J', /"%J" at column 10: Apache has no such letter/],
    ['%é', /a letter has to follow/],
    ['%h\n', /control character is at column 3/],
    [`%h${'x'.repeat(5000)}`, /4096 is the most/],
  ] as const) {
    assert.match(fault(text), why, text);
  }
});

test("gunicorn's atoms, as Python formats them", () => {
  assert.equal(
    sketch('%(h)s %(l)s %(u)s %(t)s "%(r)s" %(s)s %(b)s "%(f)s" "%(a)s"'),
    '<client-address> <nothing> <user> <end-time> "<request-line>" <status> <body-bytes> "<request-field referer>" "<request-field user-agent>"',
  );
  assert.equal(sketch('%(m)s%(U)s%(q)s%(H)s%(B)s'), '<method><path><query><protocol><body-bytes>');
  assert.equal(
    sketch('%(T)s%(D)s%(M)s%(L)s%(p)s'),
    '<seconds><microseconds><milliseconds><seconds-with-fraction><process-in-brackets>',
  );
  assert.equal(
    sketch('%({X-A}i)s%({X-B}o)s%({HTTP_HOST}e)s%({wsgi.url_scheme}e)s%%'),
    '<request-field X-A><response-field X-B><request-field host><variable wsgi.url_scheme>%',
  );
  const padded = readParts({ words: 'gunicorn', text: '%(h)-15s%(D)08d%(s)5s' });
  assert.deepEqual(
    padded.ok && padded.value.map((part) => part.kind === 'atom' && [part.width, part.isLeft, part.fillsWithZeros]),
    [
      [15, true, false],
      [8, false, true],
      [5, false, false],
    ],
  );
});

test('the two ways of writing do not mix, and what gunicorn has not got is told with its column', () => {
  for (const [text, why] of [
    ['%h %(h)s', /"%h" at column 1: in a format with %\(…\)s/],
    ['%(h)s %(z)s', /"%\(z\)s" at column 7: gunicorn has no such atom/],
    ['%(h)', /an "s" has to stand behind/],
    ['%(h)s %(r', /"%\(r" at column 7: its bracket is not closed/],
    ['%(h)x', /an "s" has to stand behind/],
    ['%(h)999s', /wider than 200/],
    ['%({REMOTE_USER}e)s', /%\(\{Name\}o\)s/],
    ['%({}i)s', /no such atom/],
    ['%(constructor)s', /no such atom/],
  ] as const) {
    assert.match(fault(text), why, text);
  }
});

test("hypercorn's atoms are its own where they differ", () => {
  assert.equal(
    sketch('%(h)s %(r)s %(R)s %(st)s %(S)s %(Uq)s %(b)s %(B)s', 'hypercorn'),
    '<client-and-port> <request-line-without-query> <request-line> <reason> <scheme> <path-and-query> <response-field content-length> <response-field content-length>',
  );
  for (const text of ['%(u)s', '%(M)s', '%({HOME}e)s']) {
    assert.equal(checkAccessFormat({ words: 'hypercorn', text }).ok, false, text);
  }
});
