import { deepEqual } from 'node:assert/strict';
import { test } from 'node:test';
import { TOKEN } from './token.ts';

test('TOKEN is made of the visible characters of ASCII but for the delimiters', () => {
  const token = new RegExp(`^${TOKEN}$`);
  const codes = Array.from({ length: 256 }, (_, code) => String.fromCharCode(code));
  const visible = codes.slice(0x21, 0x7f);
  deepEqual(
    codes.filter((each) => token.test(each)),
    visible.filter((each) => !'"(),/:;<=>?@[\\]{}'.includes(each)),
  );
  deepEqual(token.test(''), false);
});
