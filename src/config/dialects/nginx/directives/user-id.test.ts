import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { UserId } from '../../../model/answers.ts';
import { innermost, readText } from '../fake-files.ts';
import { userIdOf } from './user-id.ts';

function read(text: string): { readonly rule: UserId | undefined; readonly told: readonly string[] } {
  const { draft, diagnostics } = readText(`events {} http { ${text} }`);
  return { rule: userIdOf(innermost(draft)), told: diagnostics.map(({ message }) => message) };
}

test('userid is off unless it is said, and has nginx parts by default', () => {
  assert.equal(read('server { userid_name a; }').rule, undefined);
  assert.equal(read('userid on; server { userid off; }').rule, undefined);
  assert.deepEqual(read('userid v1; server { }').rule, {
    ...{ mode: 'v1', name: 'uid', domain: '', path: '/', expires: undefined, p3p: '', mark: '', service: 0, flags: [] },
  });
});

test('userid is made of all that is said in the block and around it', () => {
  const text = `userid on; userid_name a; userid_domain .example.com; userid_path /x; userid_expires 30d; userid_p3p "CP=x";
    userid_mark Z; userid_service 7; userid_flags samesite=lax secure; server { userid_domain none; userid_p3p none; }`;
  assert.deepEqual(read(text).rule, {
    ...{ mode: 'on', name: 'a', domain: '', path: '/x', expires: 2_592_000, p3p: '', mark: 'Z', service: 7 },
    flags: ['secure', 'samesite=lax'],
  });
  assert.equal(read('userid on; userid_expires max; server { }').rule?.expires, 'max');
  assert.equal(read('userid on; userid_expires off; server { }').rule?.expires, undefined);
  assert.equal(read('userid on; userid_mark a; server { userid_mark off; }').rule?.mark, '');
  assert.deepEqual(read('userid on; userid_flags secure; server { userid_flags off; }').rule?.flags, []);
});

test('bad values of userid are told in the words of nginx', () => {
  assert.deepEqual(read('userid_expires soon; userid_mark ab; server { }').told, [
    '"userid_expires" directive invalid value "soon"',
    '"userid_mark" directive value must be "off" or a single letter, digit or "="',
  ]);
});
