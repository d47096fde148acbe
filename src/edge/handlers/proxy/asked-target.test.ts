import { equal } from 'node:assert/strict';
import { test } from 'node:test';
import type { Instruction } from '../../../config/model/instruction.ts';
import type { FakeRequestLine } from '../../../protocol/http/fake-request.ts';
import { location } from '../../plan/fake-site.ts';
import type { AskedPlace } from './asked-place.ts';
import { askedTarget, isAskable } from './asked-target.ts';
import { askFake, FAKE_PLACE } from './fake-proxied.ts';

interface Asked {
  readonly at?: string;
  readonly rewrite?: readonly Instruction[];
  readonly uri?: string;
  readonly isUriWhole?: boolean;
}

/** Of a request that a location has, beside one for everything else. */
function targetOf(
  request: FakeRequestLine,
  { at = '/', rewrite = [], uri, isUriWhole = false }: Asked = {},
): string | undefined {
  const place: AskedPlace = { ...FAKE_PLACE, uri, isUriWhole };
  const locations = [location(at, { rewrite }), ...(at === '/' ? [] : [location('/')])];
  const { made } = askFake({ locations }, request, () => (route) => askedTarget(route, place));
  return made !== undefined && isAskable(made) ? made : undefined;
}

function rewriteTo(replacement: string, flag: 'last' | 'break', pattern = '^.*$'): Instruction {
  return { kind: 'rewrite', pattern: { text: pattern, isCaseless: false }, replacement, appendsArguments: true, flag };
}

const ODD: FakeRequestLine = { path: '/a b/../c"', rawPath: '/a%20b/%2E./c%22', query: 'x=%zz&y' };

test('without a URI part the target of the client is asked for, byte by byte', () => {
  equal(targetOf(ODD), '/a%20b/%2E./c%22?x=%zz&y');
  equal(targetOf({ path: '/a"', rawPath: '/a"' }), '/a"');
});

test('what has changed the path or the query makes it anew, escaped', () => {
  equal(targetOf({ path: '/old', query: 'q=1' }, { rewrite: [rewriteTo('/new path', 'break')] }), '/new%20path?q=1');
  equal(targetOf({ path: '/old' }, { at: '/old', rewrite: [rewriteTo('/ü', 'last')] }), '/%C3%BC');
  const args: Instruction = { kind: 'set', variable: 'args', value: 'fresh' };
  equal(targetOf({ path: '/a b', rawPath: '/a%20b', query: 'q' }, { rewrite: [args] }), '/a%20b?fresh');
});

test('a URI part stands in the place of the location, whatever its slashes', () => {
  equal(targetOf({ path: '/app/x y', rawPath: '/app/x%20y', query: 'q' }, { at: '/app/', uri: '/v1/' }), '/v1/x%20y?q');
  equal(targetOf({ path: '/app/x' }, { at: '/app', uri: '/' }), '//x');
  equal(targetOf({ path: '/apple' }, { at: '/app', uri: '/v1/' }), '/v1/le');
  equal(targetOf({ path: '/app' }, { at: '= /app', uri: '/health' }), '/health');
  equal(targetOf({ path: '/app/x' }, { at: '^~ /app/', uri: '/?page=' }), '/?page=x');
});

test('a path that a rewrite has left in the location does not begin with it, so it is asked for whole', () => {
  equal(targetOf({ path: '/app/x' }, { at: '/app/', uri: '/v1/', rewrite: [rewriteTo('/y', 'break')] }), '/y');
});

test('a URI that was made of variables is all of the target, without the query', () => {
  equal(targetOf({ path: '/x', query: 'q=1' }, { uri: '/made?z', isUriWhole: true }), '/made?z');
});

test('what would split the request line is no target', () => {
  for (const uri of ['/a b', '/a\r\nX: y', '/\0', '/\x7f', '']) {
    equal(targetOf({ path: '/x' }, { uri, isUriWhole: true }), undefined, JSON.stringify(uri));
  }
});
