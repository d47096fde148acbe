import assert from 'node:assert/strict';
import { test } from 'node:test';
import { innermost, readText } from '../fake-files.ts';
import { referersOf } from './valid-referers.ts';

const read = (text: string): ReturnType<typeof readText> => readText(`events {} http { server { ${text} } }`);

test('valid_referers adds up within a block, and takes the place of what is said around it', () => {
  assert.deepEqual(
    referersOf(innermost(read('valid_referers none blocked; valid_referers *.a.com ~\\.b\\. c.*/p;').draft)),
    {
      allowsNone: true,
      allowsBlocked: true,
      allowsServerNames: false,
      names: ['*.a.com', '~\\.b\\.', 'c.*/p'],
    },
  );
  const inner = referersOf(
    innermost(read('valid_referers none a.com; location / { valid_referers server_names; }').draft),
  );
  assert.deepEqual(inner, { allowsNone: false, allowsBlocked: false, allowsServerNames: true, names: [] });
  assert.equal(referersOf(innermost(read('').draft)), undefined);
});

test('a referer that can be none is told of', () => {
  for (const word of ['""', 'a*.com', '*.*.com', 'a..com', 'www.*.com', '~']) {
    const { draft, diagnostics } = read(`valid_referers ${word};`);
    assert.equal(diagnostics.length, 1, word);
    assert.match(diagnostics[0]?.message ?? '', /^invalid referer /);
    assert.equal(referersOf(innermost(draft)), undefined);
  }
  const { diagnostics } = read('valid_referers ~(a;');
  assert.match(diagnostics[0]?.message ?? '', /missing closing parenthesis in "\(a"/);
});
