import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { SecureLink } from '../../../model/access.ts';
import { innermost, readText } from '../fake-files.ts';
import { secureLinkOf } from './secure-link.ts';

function read(text: string): { readonly rule: SecureLink | undefined; readonly told: string[] } {
  const told: string[] = [];
  const rule = secureLinkOf(innermost(readText(`events {} http { ${text} }`).draft), (_code, _place, message) =>
    told.push(message),
  );
  return { rule, told };
}

test('secure_link and secure_link_md5 hold together, wherever each is said', () => {
  const rule = { kind: 'expression', link: [{ variable: 'arg_md5' }], hashed: [{ variable: 'uri' }, ' s'] };
  assert.deepEqual(read('secure_link $arg_md5; secure_link_md5 "$uri s"; server { location / { } }').rule, rule);
  assert.deepEqual(read('secure_link $arg_md5; server { secure_link_md5 "$uri s"; }').rule, rule);
  assert.equal(read('server { secure_link $arg_md5; }').rule, undefined);
});

test('the nearest manner holds', () => {
  assert.deepEqual(read('server { secure_link_secret s; location / { } }').rule, { kind: 'secret', secret: 's' });
  assert.equal(
    read('server { secure_link_secret s; location / { secure_link $uri; secure_link_md5 $uri; } }').rule?.kind,
    'expression',
  );
  assert.deepEqual(read('secure_link $uri; secure_link_md5 $uri; server { secure_link_secret s; }').rule, {
    kind: 'secret',
    secret: 's',
  });
  assert.equal(read('server { }').rule, undefined);
});

test('both manners in one block are told of, once', () => {
  const both = 'secure_link $uri; secure_link_secret s;';
  assert.deepEqual(read(`server { ${both} }`), {
    rule: undefined,
    told: ['"secure_link_secret" cannot be mixed with "secure_link" and "secure_link_md5"'],
  });
  assert.deepEqual(read(`server { ${both} location / { } }`).told, []);
});
