import { equal } from 'node:assert/strict';
import { constants } from 'node:crypto';
import { test } from 'node:test';
import { contextOptions } from './context-options.ts';

const SETTINGS = { certificates: 'c', key: 'k', caCerts: '', isClientOptional: false, ciphers: '', ticketKeys: 'AAAA' };

test('contextOptions() allows no renegotiation, and no session that outlives the certificate of a client', () => {
  equal(contextOptions(SETTINGS).secureOptions, constants.SSL_OP_NO_RENEGOTIATION);
  equal(
    contextOptions({ ...SETTINGS, caCerts: 'a' }).secureOptions,
    constants.SSL_OP_NO_RENEGOTIATION | constants.SSL_OP_NO_TICKET,
  );
});

test('contextOptions() leaves to Node what is not said', () => {
  const options = contextOptions(SETTINGS);
  equal('ca' in options || 'ciphers' in options, false);
  equal(contextOptions({ ...SETTINGS, ciphers: 'HIGH' }).ciphers, 'HIGH');
  equal(options.ticketKeys.length, 3);
});
