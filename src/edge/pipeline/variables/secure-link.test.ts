import { equal } from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { test } from 'node:test';
import type { SecureLink } from '../../../config/model/access.ts';
import { FakeClock } from '../../../kernel/fake-clock.ts';
import { FakeSite, location } from '../../plan/fake-site.ts';

function said(secureLink: SecureLink | undefined, target: string): string {
  const body = [{ variable: 'secure_link' }, ' ', { variable: 'secure_link_expires' }];
  const site = new FakeSite(
    {
      scopes: [secureLink === undefined ? {} : { secureLink }],
      locations: [location('/', { rewrite: [{ kind: 'return', status: 200, body }] })],
    },
    { clock: new FakeClock(2_000_000) },
  );
  return site.ask(target).body;
}

test('$secure_link is made of the texts that the scope names', () => {
  const rule: SecureLink = {
    kind: 'expression',
    link: [{ variable: 'arg_md5' }, ',', { variable: 'arg_e' }],
    hashed: [{ variable: 'secure_link_expires' }, { variable: 'uri' }, ' secret'],
  };
  const signed = (expires: string): string => createHash('md5').update(`${expires}/a secret`).digest('base64url');
  equal(said(rule, `/a?md5=${signed('2001')}&e=2001`), '1 2001');
  equal(said(rule, `/a?md5=${signed('1999')}&e=1999`), '0 1999');
  equal(said(rule, `/a?md5=${signed('1999')}&e=2001`), ' 2001');
  equal(said(rule, '/a'), ' ');
});

test('$secure_link is the link behind a hash with the secret', () => {
  const rule: SecureLink = { kind: 'secret', secret: 'word' };
  const hash = createHash('md5').update('b/c%20dword').digest('hex');
  equal(said(rule, `/a/${hash}/b/c%20d`), 'b/c%20d ');
  equal(said(rule, `/a/${hash}/b/c`), ' ');
});

test('$secure_link is empty where no scope says what it is', () => {
  equal(said(undefined, '/a'), ' ');
});
