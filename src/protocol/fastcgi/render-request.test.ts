import assert from 'node:assert/strict';
import { test } from 'node:test';
import { fastcgiPadding, fastcgiStdin, renderFastcgiRequest } from './render-request.ts';

const EMPTY_PARAMS = '\x01\x04\0\x01\0\0\0\0';
const EMPTY_STDIN = '\x01\x05\0\x01\0\0\0\0';

function render(
  parameters: readonly { name: string; value: string }[],
  keepsConnection = false,
  hasBody = false,
): string {
  return renderFastcgiRequest(parameters, { keepsConnection, hasBody }).latin1Slice();
}

test('a request begins, has its parameters, and says that it has no body', () => {
  const begin = '\x01\x01\0\x01\0\x08\0\0\0\x01\0\0\0\0\0\0';
  assert.equal(
    render([{ name: 'A', value: 'xyz' }]),
    `${begin}\x01\x04\0\x01\0\x06\x02\0\x01\x03Axyz\0\0${EMPTY_PARAMS}${EMPTY_STDIN}`,
  );
  assert.equal(render([]), begin + EMPTY_PARAMS + EMPTY_STDIN);
});

test('a connection that is kept is said so, and a body is waited for', () => {
  const text = render([], true, true);
  assert.equal(text.charCodeAt(10), 1);
  assert.ok(text.endsWith(EMPTY_PARAMS) && !text.includes(EMPTY_STDIN));
});

test('lengths from 128 on have four bytes', () => {
  assert.ok(render([{ name: 'n'.repeat(127), value: 'v'.repeat(128) }]).includes('\x7f\x80\0\0\x80nnn'));
  assert.ok(render([{ name: 'n'.repeat(70_000), value: '' }]).includes('\x80\x01\x11\x70\0nnn'));
});

test('parameters that need more than a record are cut into several', () => {
  const text = render([{ name: 'A', value: 'v'.repeat(65_535) }]);
  assert.ok(text.includes('\x01\x04\0\x01\xff\xff\x01\0\x01\x80\0\xff\xffAvvv'));
  assert.ok(text.endsWith(`v\0\x01\x04\0\x01\0\x06\x02\0vvvvvv\0\0${EMPTY_PARAMS}${EMPTY_STDIN}`));
});

test('a piece of a body is a record with its padding', () => {
  assert.equal(`${fastcgiStdin(5)}hello${fastcgiPadding(5)}`, '\x01\x05\0\x01\0\x05\x03\0hello\0\0\0');
});
