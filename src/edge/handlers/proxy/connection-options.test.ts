import { deepEqual } from 'node:assert/strict';
import { test } from 'node:test';
import { connectionOptions } from './connection-options.ts';

test('a connection is closed unless the configuration says something else of it', () => {
  deepEqual(connectionOptions(undefined, 'websocket', true), { keepsConnection: false, upgrade: undefined });
  deepEqual(connectionOptions('close', undefined, true), { keepsConnection: false, upgrade: undefined });
  deepEqual(connectionOptions('', undefined, true), { keepsConnection: true, upgrade: undefined });
  deepEqual(connectionOptions('', undefined, false), { keepsConnection: false, upgrade: undefined });
  deepEqual(connectionOptions('Keep-Alive', undefined, false), { keepsConnection: true, upgrade: undefined });
});

test('a change of the protocol is asked for where both fields say so, in the forms in which people write them', () => {
  for (const connection of ['upgrade', 'Upgrade', 'keep-alive, Upgrade']) {
    deepEqual(connectionOptions(connection, 'websocket', true), { keepsConnection: true, upgrade: 'websocket' });
  }
  deepEqual(connectionOptions('upgrade', '', true), { keepsConnection: true, upgrade: undefined });
  deepEqual(connectionOptions('close', 'websocket', true).upgrade, undefined);
});

test('HTTP/2 in the clear is not changed to: its requests would go past all rules', () => {
  for (const upgrade of ['h2c', 'H2C', 'HTTP/2.0', 'h2c, http/1.1']) {
    deepEqual(connectionOptions('upgrade, http2-settings', upgrade, true).upgrade, undefined, upgrade);
  }
  deepEqual(connectionOptions('upgrade', 'h2c, websocket', true).upgrade, 'websocket');
});
