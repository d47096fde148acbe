import assert from 'node:assert/strict';
import { test } from 'node:test';
import { readParts } from './parse-access-format.ts';
import { readUwsgiAtom, UWSGI_LINE } from './uwsgi-atoms.ts';

test('a name of uWSGI is an atom, a time, a field, a variable or a text', () => {
  assert.deepEqual(readUwsgiAtom('method'), { name: 'method', argument: '' });
  assert.deepEqual(readUwsgiAtom('ctime'), { name: 'time', argument: '%c' });
  assert.deepEqual(readUwsgiAtom('uagent'), { name: 'request-field', argument: 'user-agent' });
  assert.deepEqual(readUwsgiAtom('uri'), { name: 'variable', argument: 'request_uri' });
  assert.deepEqual(readUwsgiAtom('var.HTTP_X_REAL_IP'), { name: 'request-field', argument: 'x-real-ip' });
  assert.deepEqual(readUwsgiAtom('var.QUERY_STRING'), { name: 'variable', argument: 'query_string' });
  assert.equal(readUwsgiAtom('core'), '0');
  for (const name of ['var.HTTP_', 'var.HOME', 'constructor', 'mine']) {
    assert.equal(readUwsgiAtom(name), undefined, name);
  }
});

test('a format of uWSGI is text and atoms; what is not known is a dash, a percent sign alone is one', () => {
  const parts = readParts({ words: 'uwsgi', text: '100% %(status) %(mine)' });
  assert.ok(parts.ok);
  assert.deepEqual(
    parts.value.map((part) => (part.kind === 'text' ? part.text : part.name)),
    ['100', '%', ' ', 'status', ' ', 'nothing'],
  );
  const line = readParts({ words: 'uwsgi', text: UWSGI_LINE });
  assert.ok(line.ok);
  assert.ok(line.value.every((part) => part.kind === 'text' || part.name !== 'nothing'));
});
