import { deepEqual, equal } from 'node:assert/strict';
import { mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import type { Instruction, Rewrite } from '../../../config/model/instruction.ts';
import type { Template } from '../../../config/model/template.ts';
import { FakeClock } from '../../../kernel/fake-clock.ts';
import { LogFiles } from '../../access-log/log-files.ts';
import { ErrorLogs } from '../../error-log/error-log.ts';
import { FAKE_SCOPE, FakeSite, location } from '../../plan/fake-site.ts';

/** `$name` and `$1` in it become parts. */
function text(source: string): Template {
  const parts = source.split(/(\$\w+)/).filter((part) => part !== '');
  return parts.map((part) => {
    if (!part.startsWith('$')) {
      return part;
    }
    const name = part.slice(1);
    return /^\d$/.test(name) ? { capture: Number(name) } : { variable: name };
  });
}

function rewrite(pattern: string, replacement: string, flag: Rewrite['flag'] = 'none'): Instruction {
  const drops = replacement.endsWith('?');
  return {
    kind: 'rewrite',
    pattern: { text: pattern, isCaseless: false },
    replacement: text(drops ? replacement.slice(0, -1) : replacement),
    appendsArguments: !drops,
    flag,
  };
}

function set(variable: string, value: string): Instruction {
  return { kind: 'set', variable, value: text(value) };
}

function say(value: string, status = 200): Instruction {
  return { kind: 'return', status, body: text(value) };
}

function when(variable: string, pattern: string, ...inside: Instruction[]): Instruction {
  return {
    kind: 'if',
    condition: { kind: 'matches', variable, pattern: { text: pattern, isCaseless: false }, isNegated: false },
    inside,
    scope: 0,
    content: undefined,
  };
}

function site(...rewriteOf: Instruction[]): FakeSite {
  return new FakeSite({
    locations: [location('/', { rewrite: rewriteOf }), location('/end', { rewrite: [say('$uri?$args')] })],
  });
}

test('a rewrite changes path and arguments, which the request keeps unless the replacement ends them', () => {
  const cases: Record<string, [replacement: string, target: string]> = {
    '/end/x?a=1': ['/end/$1', '/old/x?a=1'],
    '/end?n=x&a=1': ['/end?n=$1', '/old/x?a=1'],
    '/end?n=x': ['/end?n=$1?', '/old/x?a=1'],
    '/end?': ['/end?', '/old/x?a=1'],
  };
  for (const [expected, [replacement, target]] of Object.entries(cases)) {
    equal(site(rewrite('^/old/(.*)$', replacement, 'last')).ask(target).body, expected);
  }
});

test('captures that become arguments are escaped where the path had escapes', () => {
  equal(site(rewrite('^/old/(.*)$', '/end?n=$1', 'last')).ask('/old/a%26b%20c').body, '/end?n=a%26b%20c');
  equal(site(rewrite('^/old/(.*)$', '/end/$1', 'last')).ask('/old/a%26b').body, '/end/a&b?');
});

test('"last" looks for a location again, "break" stays, and without either the instructions go on', () => {
  equal(site(rewrite('^/a', '/end', 'last'), say('no')).ask('/a').body, '/end?');
  equal(site(rewrite('^/a', '/end', 'break'), say('no')).ask('/a').body, 'files GET /end');
  equal(site(rewrite('^/a', '/end'), say('on $uri')).ask('/a').body, 'on /end');
  equal(site(rewrite('^/a', '/end'), { kind: 'break' }, say('no')).ask('/a').body, 'files GET /end');
  equal(site(rewrite('^/a', '/end')).ask('/a').body, '/end?', 'looked for when the list is over');
});

test('a redirect keeps its arguments, and is a whole URL', () => {
  const moved = site(rewrite('^/a(.*)$', '/b$1', 'permanent')).ask('/a%20x?q=1');
  deepEqual([moved.status, moved.field('location')], [301, 'http://example.org/b%20x?q=1']);
  const away = site(rewrite('^/a(.*)$', 'https://other$1?x=y', 'redirect')).ask('/a/z?q=1');
  deepEqual([away.status, away.field('location')], [302, 'https://other/z?x=y&q=1']);
});

test('the rewrite of a site comes before its locations, and does not count as a change', () => {
  const rewriting = new FakeSite({
    rewrite: [rewrite('^/a(.*)$', '/end$1')],
    locations: [location('/end', { rewrite: [say('$uri')] })],
  });
  equal(rewriting.ask('/a1').body, '/end1');
});

test('ten changes of location are allowed, the eleventh is a cycle', () => {
  const turning = site(rewrite('^/(.*)$', '/x$1'));
  const { status } = turning.ask('/');
  equal(status, 500);
  const counted = site(when('uri', '^/x{10}$', say('ten')), rewrite('^/(.*)$', '/x$1'));
  equal(counted.ask('/').body, 'ten');
  const once = site(when('uri', '^/x{11}$', say('eleven')), rewrite('^/(.*)$', '/x$1'));
  equal(once.ask('/').status, 500);
});

test('"if" holds by value, by text and by regex', () => {
  const condition = (value: Extract<Instruction, { kind: 'if' }>['condition'], target: string): boolean =>
    site({ kind: 'if', condition: value, inside: [say('yes')], scope: 0, content: undefined }, say('no')).ask(target)
      .body === 'yes';
  equal(condition({ kind: 'true', variable: 'arg_a' }, '/?a=1'), true);
  equal(condition({ kind: 'true', variable: 'arg_a' }, '/?a=0'), false);
  equal(condition({ kind: 'true', variable: 'arg_a' }, '/?a='), false);
  equal(condition({ kind: 'true', variable: 'arg_a' }, '/'), false);
  equal(condition({ kind: 'equals', variable: 'arg_a', value: 'x', isNegated: false }, '/?a=x'), true);
  equal(condition({ kind: 'equals', variable: 'arg_a', value: 'x', isNegated: true }, '/?a=x'), false);
  equal(
    condition({ kind: 'matches', variable: 'uri', pattern: { text: 'A', isCaseless: true }, isNegated: false }, '/a'),
    true,
  );
  equal(
    condition({ kind: 'matches', variable: 'uri', pattern: { text: 'A', isCaseless: false }, isNegated: true }, '/a'),
    true,
  );
});

test('"if" asks the disk', async () => {
  const there = (path: string, test: 'file' | 'directory' | 'any' | 'executable', isNegated = false): Promise<string> =>
    site(
      {
        kind: 'if',
        condition: { kind: 'file', test, path, isNegated },
        inside: [say('yes')],
        scope: 0,
        content: undefined,
      },
      say('no'),
    )
      .ask('/')
      .over.then(({ body }) => body);
  equal(await there('/etc/passwd', 'file'), 'yes');
  equal(await there('/etc', 'file'), 'no');
  equal(await there('/etc', 'directory'), 'yes');
  equal(await there('/etc', 'any'), 'yes');
  equal(await there('/etc/passwd', 'executable'), 'no');
  equal(await there('/etc/none', 'any', true), 'yes');
  equal(await there('', 'any'), 'no');
});

test('"if" does not see what only a link leads to that is not followed', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'portico-if-'));
  try {
    symlinkSync('/etc/passwd', join(folder, 'link'));
    writeFileSync(join(folder, 'file'), '');
    const there = async (name: string, kind: 'anywhere' | 'none'): Promise<string> => {
      const symlinks = kind === 'none' ? { kind, from: undefined } : { kind };
      const fake = new FakeSite({
        scopes: [{ files: { ...FAKE_SCOPE.files, symlinks } }],
        locations: [
          location('/', {
            rewrite: [
              {
                kind: 'if',
                condition: { kind: 'file', test: 'file', path: join(folder, name), isNegated: false },
                inside: [say('yes')],
                scope: 0,
                content: undefined,
              },
              say('no'),
            ],
          }),
        ],
      });
      return (await fake.ask('/').over).body;
    };
    equal(await there('link', 'anywhere'), 'yes');
    equal(await there('link', 'none'), 'no');
    equal(await there('file', 'none'), 'yes');
  } finally {
    rmSync(folder, { recursive: true });
  }
});

test('what stands inside of an "if" is run in its place, with its scope and its content', () => {
  const inside = new FakeSite({
    scopes: [
      {},
      {
        fields: {
          fields: [{ name: 'X-If', value: 'on', always: false, effect: 'add' }],
          trailers: [],
          expires: undefined,
        },
      },
    ],
    locations: [
      location('/', {
        rewrite: [
          set('v', 'before'),
          {
            kind: 'if',
            condition: { kind: 'true', variable: 'arg_a' },
            inside: [set('v', 'inside')],
            scope: 1,
            content: { kind: 'status' },
          },
        ],
      }),
    ],
  });
  const [yes, no] = [inside.ask('/?a=1'), inside.ask('/')];
  deepEqual([yes.body, yes.field('x-if')], ['status GET /?a=1', 'on']);
  deepEqual([no.body, no.field('x-if')], ['files GET /', undefined]);
});

test('"set" gives variables values, and $args itself', () => {
  equal(site(set('a', '1'), set('b', '$a-$a'), say('$b')).ask('/').body, '1-1');
  equal(site(set('args', 'x=y'), say('$args $arg_x $is_args')).ask('/?q').body, 'x=y y ?');
  equal(site(say('[$undefined]')).ask('/').body, '[]');
});

test('a regex that does not match clears what another has captured, and named groups are variables', () => {
  equal(site(when('uri', '^/(?<first>.)(.)', say('$1$2$first'))).ask('/ab').body, 'aba');
  equal(site(rewrite('^/(a)', '/a'), rewrite('^/none', '/x'), say('[$1]')).ask('/a').body, '[]');
});

test('"return" says a text with its media type, a redirect, a refusal, or nothing at all', () => {
  const page = site(say('hello')).ask('/a.html');
  deepEqual([page.status, page.body, page.field('content-type')], [200, 'hello', 'text/html']);
  equal(site(say('hello')).ask('/a').field('content-type'), 'text/plain');
  deepEqual([site(say('teapot', 418)).ask('/').status, site(say('teapot', 418)).ask('/').body], [418, 'teapot']);
  const moved = site(say('https://$host/x$request_uri', 308)).ask('/a?b');
  deepEqual([moved.status, moved.field('location')], [308, 'https://example.org/x/a?b']);
  const bare = site({ kind: 'return', status: 403, body: undefined }).ask('/');
  equal(bare.status, 403);
  equal(bare.body.includes('<h1>403 Forbidden</h1>'), true);
  equal(site({ kind: 'return', status: 444, body: undefined }).ask('/').wasCut, true);
  equal(site({ kind: 'return', status: 204, body: undefined }).ask('/').status, 204);
  equal(site(say('x', 204)).ask('/').field('content-type'), undefined);
});

test('a value of a client cannot end the line of a Location', () => {
  const { head } = site(say('/x$arg_a', 302)).ask('/?a=%0d%0aSet-Cookie:x');
  equal(head?.fields.lines.length, 2);
  const split = site(rewrite('^/([^!]*)$', '/$1', 'redirect')).ask('/%0d%0aSet-Cookie:%20x=1');
  equal(split.head?.fields.has('set-cookie'), false);
  equal(split.field('location')?.includes('\n'), false);
});

test('texts that are returned have one head, by which edits and rendering are remembered', () => {
  const texts = site(say('$uri'));
  equal(texts.ask('/a').head, texts.ask('/b').head);
});

test('what rewrites do is logged where that is asked for', () => {
  const folder = mkdtempSync(join(tmpdir(), 'rewrites-'));
  try {
    const path = join(folder, 'error.log');
    const clock = new FakeClock();
    const errorLogs = new ErrorLogs({ pid: 1, tid: 1 }, clock, new LogFiles('machine', () => undefined).lease());
    const scope = { logsRewrites: true, errorLogs: [{ sink: { kind: 'file', path }, level: 'notice' }] } as const;
    const rewrites = [rewrite('^/none', '/x'), rewrite('^/a', '/b?c=1'), rewrite('^/b', '/end', 'redirect')];
    new FakeSite({ scopes: [scope], locations: [location('/', { rewrite: rewrites })] }, { clock, errorLogs }).ask(
      '/a',
    );
    deepEqual(
      readFileSync(path, 'latin1')
        .match(/\*\d+ .*?(?=, client)/g)
        ?.map((line) => line.replace(/^\S+ /, '')),
      [
        '"^/none" does not match "/a"',
        '"^/a" matches "/a"',
        'rewritten data: "/b", args: "c=1"',
        '"^/b" matches "/b"',
        'rewritten redirect: "/end?c=1"',
      ],
    );
  } finally {
    rmSync(folder, { recursive: true });
  }
});
