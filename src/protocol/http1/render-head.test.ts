import assert from 'node:assert/strict';
import { test } from 'node:test';
import { renderFields, renderRequestHead, renderResponseHead } from './render-head.ts';

test('renderRequestHead() writes line, fields and the empty line', () => {
  assert.equal(
    renderRequestHead('GET', '/a?b', [{ name: 'Host', value: 'x' }]),
    'GET /a?b HTTP/1.1\r\nHost: x\r\n\r\n',
  );
  assert.equal(renderRequestHead('GET', '/', [], 0), 'GET / HTTP/1.0\r\n\r\n');
});

test('renderRequestHead() sends bytes above ASCII as they came, and nothing that is no byte', () => {
  assert.equal(renderRequestHead('GET', '/\x80\xff', []), 'GET /\x80\xff HTTP/1.1\r\n\r\n');
  // Written as latin-1, this would be a line feed.
  assert.throws(() => renderRequestHead('GET', '/\u010a', []), TypeError);
});

test('renderResponseHead() takes the reason given, or the registered one', () => {
  assert.equal(renderResponseHead(200, undefined, []), 'HTTP/1.1 200 OK\r\n\r\n');
  assert.equal(renderResponseHead(200, 'Fine', []), 'HTTP/1.1 200 Fine\r\n\r\n');
  assert.equal(renderResponseHead(299, undefined, []), 'HTTP/1.1 299 \r\n\r\n');
});

test('renderFields() writes one line for each', () => {
  const fields = ['a', ''].map((value) => ({ name: 'X', value }));
  assert.equal(renderFields(fields), 'X: a\r\nX: \r\n');
});

test('nothing is rendered that would split a head', () => {
  for (const value of ['a\r\nb: c', 'a\nb', 'a\rb', 'a\0']) {
    assert.throws(() => renderFields([{ name: 'X', value }]), TypeError);
    assert.throws(() => renderFields([{ name: value, value: 'x' }]), TypeError);
    assert.throws(() => renderResponseHead(200, value, []), TypeError);
    assert.throws(() => renderRequestHead(value, '/', []), TypeError);
    assert.throws(() => renderRequestHead('GET', `/${value}`, []), TypeError);
  }
  for (const status of [99, 1000, 200.5, Number.NaN]) {
    assert.throws(() => renderResponseHead(status, undefined, []), TypeError);
  }
  assert.throws(() => renderRequestHead('GET', '/a b', []), TypeError);
  assert.throws(() => renderRequestHead('GET', '', []), TypeError);
});
