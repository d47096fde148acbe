import { equal, match, notEqual } from 'node:assert/strict';
import { test } from 'node:test';
import type { UserId } from '../../../config/model/answers.ts';
import type { Instruction } from '../../../config/model/instruction.ts';
import { FakeSite, location } from '../../plan/fake-site.ts';

const RULE: UserId = {
  mode: 'on',
  name: 'uid',
  domain: '',
  path: '/',
  expires: undefined,
  p3p: '',
  mark: '',
  service: 7,
  flags: [],
};
/** Of Debian's nginx. */
const COOKIE = 'AAAAB2sNo7xfaXweAwMEAgZ=';
const LOGGED = 'uid=07000000BCA30D6B1E7C695F02040303';

function ask(
  rule: Partial<UserId>,
  cookie?: string,
  reset?: string,
): { set: string | undefined; got: string; p3p: string | undefined } {
  const rewrite: Instruction[] = [
    ...(reset === undefined ? [] : [{ kind: 'set', variable: 'uid_reset', value: reset } as const]),
    { kind: 'return', status: 200, body: [{ variable: 'uid_got' }] },
  ];
  const site = new FakeSite({ scopes: [{ userId: { ...RULE, ...rule } }], locations: [location('/', { rewrite })] });
  const answer = site.ask({ path: '/', fields: cookie === undefined ? [] : [['Cookie', `uid=${cookie}`]] });
  return { set: answer.field('set-cookie'), got: answer.body, p3p: answer.field('p3p') };
}

test('userid gives a cookie to who has none', () => {
  const { set, got, p3p } = ask({ flags: ['secure'], p3p: 'policyref="/p"' });
  match(set ?? '', /^uid=AAAAB[A-Za-z0-9+/]{17}==; path=\/; secure$/);
  equal(got, '');
  equal(p3p, 'policyref="/p"');
  notEqual(ask({}).set, set);
  match(ask({ mode: 'v1' }).set ?? '', /^uid=BwAAA/);
  match(ask({}, 'nonsense').set ?? '', /^uid=AAAAB/);
});

test('userid leaves a cookie alone that it knows', () => {
  const { set, got } = ask({}, COOKIE);
  equal(set, undefined);
  equal(got, LOGGED);
});

test('userid sets the same again where the mark is missing, and another one where it is told to', () => {
  equal(ask({ mark: 'Z' }, COOKIE).set, undefined);
  equal(ask({ mark: 'Y' }, COOKIE).set, `uid=${COOKIE.replace('Z=', 'Y=')}; path=/`);
  equal(ask({}, COOKIE, '0').set, undefined);
  match(ask({}, COOKIE, '1').set ?? '', /^uid=AAAAB/);
});

test('userid log only reads', () => {
  const { set, got } = ask({ mode: 'log' }, COOKIE);
  equal(set, undefined);
  equal(got, LOGGED);
  equal(ask({ mode: 'log' }).set, undefined);
});

test('$uid_set is there before the cookie is made, for a field that is added', () => {
  const fields = {
    fields: [{ name: 'X-Set', value: [{ variable: 'uid_set' }], always: false, effect: 'add' }],
    trailers: [],
    expires: undefined,
  } as const;
  const site = new FakeSite({
    scopes: [{ userId: RULE, fields }],
    locations: [location('/', { rewrite: [{ kind: 'return', status: 200, body: '' }] })],
  });
  const answer = site.ask({ path: '/' });
  const [, cookie = ''] = /^uid=([^;]*)/.exec(answer.field('set-cookie') ?? '') ?? [];
  const id = Buffer.from(cookie, 'base64');
  const numbers = [0, 4, 8, 12].map((at) => id.readUInt32LE(at).toString(16).toUpperCase().padStart(8, '0'));
  equal(answer.field('x-set'), `uid=${numbers.join('')}`);
});
