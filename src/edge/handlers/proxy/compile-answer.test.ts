import { deepEqual, equal } from 'node:assert/strict';
import { test } from 'node:test';
import type { ProxyContent, ProxyResponse } from '../../../config/model/proxying.ts';
import type { UpstreamHead } from '../../../upstream/wire.ts';
import type { Route } from '../../pipeline/route.ts';
import type { FakeModel } from '../../plan/fake-site.ts';
import { FAKE_SCOPE } from '../../plan/fake-site.ts';
import type { ProxiedAnswer } from './compile-answer.ts';
import { compileAnswer } from './compile-answer.ts';
import { askFake, fakeHead, fakeResponse } from './fake-proxied.ts';

interface Answered {
  readonly policy?: Partial<ProxyResponse>;
  readonly protocol?: ProxyContent['protocol'];
  readonly scope?: NonNullable<FakeModel['scopes']>[number];
}

const TO: ProxyContent['to'] = { kind: 'upstream', upstream: 0, url: 'http://back', host: 'back', uri: undefined };

function answer(
  head: UpstreamHead,
  { policy = {}, protocol = 'http', scope = {} }: Answered = {},
): { made: ProxiedAnswer; route: Route } {
  const { made, route } = askFake({ scopes: [scope] }, '/', (compilation) => {
    const of = compileAnswer({ protocol, to: TO }, fakeResponse(policy), compilation);
    return (asked) => of(head, asked);
  });
  if (made === undefined || route === undefined) {
    throw new Error('the content was not asked');
  }
  return { made, route };
}

function passed(head: UpstreamHead, more?: Answered): Extract<ProxiedAnswer, { kind: 'pass' }> {
  const { made } = answer(head, more);
  if (made.kind !== 'pass') {
    throw new Error(`not passed on: ${made.kind}`);
  }
  return made;
}

test('what is hidden is not passed on; all else is, in its order', () => {
  const { head, isBuffered } = passed(
    fakeHead(201, { 'X-One': '1', Server: 'Apache', DATE: 'x', 'Set-Cookie': 'a=b', Vary: '*' }),
  );
  deepEqual(
    [head.status, head.reason, head.fields.text],
    [201, undefined, 'X-One: 1\r\nSet-Cookie: a=b\r\nVary: *\r\n'],
  );
  deepEqual([head.isProxied, head.takesRanges, isBuffered], [true, false, true]);
  equal(passed({ ...fakeHead(200), reason: 'Fine' }).head.reason, 'Fine');
});

test('redirects and cookies are those of the location', () => {
  const { head } = passed(
    fakeHead(302, [
      ['Location', 'http://back/x'],
      ['Set-Cookie', 'a=1; Path=/'],
      ['Set-Cookie', 'b=2; path=/'],
    ]),
    {
      policy: { redirects: ['default'], cookiePaths: [{ from: { text: '/' }, to: '/app/' }] },
      scope: { redirects: { isAbsolute: false, usesServerName: false, hasPort: false } },
    },
  );
  equal(head.fields.text, 'Location: /x\r\nSet-Cookie: a=1; Path=/app/\r\nSet-Cookie: b=2; path=/app/\r\n');
});

test('a replacement with a line break does not split the response', () => {
  const { head } = passed(fakeHead(302, { Location: 'http://back/x' }), {
    policy: { redirects: [{ from: { text: 'http://back' }, to: 'x\r\nSet-Cookie: a=b' }] },
  });
  equal(head.fields.lines.length, 1);
});

test('the server may say how it is to be passed on', () => {
  const { made, route } = answer(
    fakeHead(200, { 'X-Accel-Buffering': 'No', 'X-Accel-Limit-Rate': '100', 'X-Accel-Charset': 'koi8-r' }),
  );
  deepEqual(made.kind === 'pass' ? [made.isBuffered, made.head.fields.text] : made, [false, '']);
  deepEqual([route.limitRate, route.charset], [100, 'koi8-r']);
  const odd = answer(fakeHead(200, { 'X-Accel-Buffering': 'perhaps', 'X-Accel-Limit-Rate': '1k' }));
  deepEqual([odd.made.kind === 'pass' && odd.made.isBuffered, odd.route.limitRate], [true, undefined]);
});

test('what is not obeyed has no effect, and is hidden nevertheless', () => {
  const ignores = ['x-accel-redirect', 'x-accel-buffering', 'x-accel-limit-rate', 'x-accel-charset'];
  const head = fakeHead(
    200,
    Object.fromEntries(ignores.map((name) => [name, name.endsWith('buffering') ? 'no' : '9'])),
  );
  const { made, route } = answer(head, { policy: { ignores } });
  deepEqual(made.kind === 'pass' ? [made.isBuffered, made.head.fields.text] : made, [true, '']);
  deepEqual([route.limitRate, route.charset], [undefined, undefined]);
});

test('X-Accel-Redirect sends the request to another location, with fields as they are for the client', () => {
  const { made } = answer(fakeHead(200, { 'X-Accel-Redirect': '/inner?x', 'Set-Cookie': 'a=b; Path=/' }), {
    policy: { cookiePaths: [{ from: { text: '/' }, to: '/app/' }] },
  });
  deepEqual(made.kind === 'relocate' ? [made.to, made.fields.text] : made, [
    '/inner?x',
    'Set-Cookie: a=b; Path=/app/\r\n',
  ]);
});

const PAGES = {
  refusals: {
    ...FAKE_SCOPE.refusals,
    pages: [{ statuses: [301, 401, 404], to: '/page', status: 'unchanged' as const }],
  },
};

test('errors are intercepted where there is a page for them', () => {
  const policy = { interceptsErrors: true };
  const challenged = fakeHead(401, [
    ['WWW-Authenticate', 'Basic'],
    ['www-authenticate', 'Digest'],
    ['X', 'y'],
  ]);
  const { made } = answer(challenged, { policy, scope: PAGES });
  deepEqual(made.kind === 'refuse' ? [made.status, made.fields.text] : made, [
    401,
    'WWW-Authenticate: Basic\r\nwww-authenticate: Digest\r\n',
  ]);
  equal(answer(fakeHead(301), { policy, scope: PAGES }).made.kind, 'refuse');
  equal(answer(fakeHead(404), { policy, scope: PAGES }).made.kind, 'refuse');
  equal(answer(fakeHead(500), { policy, scope: PAGES }).made.kind, 'pass');
  equal(answer(fakeHead(404), { scope: PAGES }).made.kind, 'pass');
  equal(answer(fakeHead(404, { 'X-Accel-Redirect': '/x' }), { policy, scope: PAGES }).made.kind, 'refuse');
});

test('what memcached does not have is a refusal of ours', () => {
  equal(answer(fakeHead(404), { protocol: 'memcached' }).made.kind, 'refuse');
});

test('ranges of our own are offered where the length is known, in the place of what the server says', () => {
  const policy = { forcesRanges: true };
  const fields = { 'Accept-Ranges': 'none', ETag: '"a"' };
  const known = passed(fakeHead(200, fields, 10), { policy }).head;
  deepEqual([known.takesRanges, known.fields.text], [true, 'ETag: "a"\r\nAccept-Ranges: bytes\r\n']);
  const unknown = passed(fakeHead(200, fields), { policy }).head;
  deepEqual([unknown.takesRanges, unknown.fields.text], [false, 'ETag: "a"\r\n']);
  const partial = passed(fakeHead(206, { 'Content-Range': 'bytes 0-1/2' }, 2), { policy }).head;
  deepEqual([partial.takesRanges, partial.fields.text], [false, 'Content-Range: bytes 0-1/2\r\n']);
  const off = passed(fakeHead(200, fields, 10), {
    policy,
    scope: { files: { ...FAKE_SCOPE.files, rangesMax: 0 } },
  }).head;
  equal(off.takesRanges, false);
});
