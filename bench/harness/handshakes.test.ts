import assert from 'node:assert/strict';
import { test } from 'node:test';
import { handshakesCommand, parseHandshakes } from './handshakes.ts';

const OUTPUT = `Now timing with session id reuse.
starting
rrrrr*rr

9552 connections in 0.61s; 15659.02 connections/user sec, bytes read 0
9552 connections in 2 real seconds, 0 bytes read per connection
`;

test('parseHandshakes() counts connections', () => {
  assert.deepEqual(parseHandshakes(OUTPUT, false), { connections: 9552, faults: '' });
});

test('parseHandshakes() tells of full handshakes where none were to be', () => {
  assert.equal(parseHandshakes(OUTPUT, true).faults, '1 of 8 handshakes were not resumed');
  assert.equal(parseHandshakes(OUTPUT.replace('*', ''), true).faults, '');
});

test('parseHandshakes() takes no connection for a fault', () => {
  assert.deepEqual(parseHandshakes('', false), { connections: 0, faults: 'no handshakes' });
});

test('handshakesCommand() reads an answer only where the ticket comes with it', () => {
  assert.equal(
    handshakesCommand({ version: 'tls1_3', isResumed: true }, 2, 8443).join(' '),
    'openssl s_time -connect 127.0.0.1:8443 -tls1_3 -reuse -www / -time 2',
  );
  assert.equal(
    handshakesCommand({ version: 'tls1_2', isResumed: false }, 0.5, 8443).join(' '),
    'openssl s_time -connect 127.0.0.1:8443 -tls1_2 -new -time 1',
  );
});
