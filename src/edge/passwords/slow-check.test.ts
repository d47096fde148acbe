import { equal, ok } from 'node:assert/strict';
import { test } from 'node:test';
import { checkSlow } from './slow-check.ts';

const bytes = (text: string): Buffer => Buffer.from(text, 'utf8');

/** By OpenSSL's `passwd`, Apache's `htpasswd` and crypt(3) of Debian. */
const STORED: readonly (readonly [password: Buffer, stored: string])[] = [
  [bytes('pässword'), '$apr1$saltsalt$553eXAj/BD3irf9w9nutz/'],
  [bytes('pässword'), '$1$saltsalt$QgbQ7EUpcKNQTLgSVL4qr/'],
  [bytes('pässword'), '$5$saltsalt$rQBvFGQx3u6doxkk7cvWbhhnhS2qa1.FI.tt6NGFH66'],
  [
    bytes('pässword'),
    '$6$saltsalt$rVIyJtXnL0mXUCLepstXWqeOv9JVyd7nOH8wn0BvOU5lCiAviUJLxXZ5CkPgq6XNTHV22yG4mV0IO9gqPL5WQ.',
  ],
  [
    bytes('pässword'),
    '$6$rounds=1234$saltstringsaltst$36Nuh/VQKil1RWFc60cTINYpN5eVmQknaDNDM1LHKQRbQPBKYnKdx8ljRTH6VjzpdL9otVtNm/6Azf7fw1mWT.',
  ],
  [bytes('pässword'), '$5$rounds=1000$s$5GV5Pi58fLV.j8XfXEd3IpMt288LgIj8DqFIhS8QD69'],
  [bytes('pässword'), '$2y$06$7srnKMegpi9c6OuknSDto.EJBaqPHBW7fEFJ8hDS130c15PRNTg16'],
  [bytes('pässword'), 'WVoaVnTJSeuJs'],
  [bytes(''), '$1$abcdefgh$M55TzYaaccxVGbptZWaxX/'],
  [bytes(''), 'abmF1QH4PEr.E'],
  [bytes(''), '$6$abc$mJP3a6FyA8uCnzRtlnNypPwjnvpi5TP9qOrInzrfDmwxUQG38PkpCPdqfTb8JQfAngapMxeim4AZ..hSdRRzD.'],
  [Buffer.from([0xff, 0xfe]), '$1$x$punPIC6TIwxbEfUcGxFR60'],
];

test('checkSlow() takes the password that a hash was made of, and no other', () => {
  for (const [password, stored] of STORED) {
    ok(checkSlow(password, stored), stored);
    for (const other of [bytes('passwort'), Buffer.concat([Buffer.from('x'), password])]) {
      equal(checkSlow(other, stored), false, stored);
    }
  }
});

test('checkSlow() knows all forms of bcrypt', () => {
  const rest = '06$7srnKMegpi9c6OuknSDto.EJBaqPHBW7fEFJ8hDS130c15PRNTg16';
  for (const magic of ['$2a$', '$2b$', '$2y$']) ok(checkSlow(bytes('pässword'), magic + rest));
  equal(checkSlow(Buffer.from([0xff, 0xfe]), `$2y$${rest}`), false);
});

test('checkSlow() takes no password for what nobody can have stored', () => {
  for (const stored of [
    '',
    '!',
    '*',
    'secret',
    '$6$rounds=10$abc$x',
    '$1$abcdefgh$',
    '$y$j9T$abc$def',
    '_J9..rasmBYk8r9AiWNc',
  ])
    equal(checkSlow(bytes('secret'), stored), false, stored);
});
