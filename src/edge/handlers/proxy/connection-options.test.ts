import { deepEqual } from 'node:assert/strict';
import { test } from 'node:test';
import { fieldBlock } from '../../../protocol/http/fake-field-block.ts';
import type { HttpVersion } from '../../../protocol/http/version.ts';
import { HTTP_VERSION } from '../../../protocol/http/version.ts';
import { asksForUpgrade, connectionOptions } from './connection-options.ts';

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

test('a client has asked for another protocol if both fields say so, in HTTP/1.1', () => {
  const asks = (connection: string, upgrade: string | undefined, version = HTTP_VERSION.http11 as HttpVersion) =>
    asksForUpgrade({
      version,
      block: fieldBlock([
        ['Connection', connection],
        ...(upgrade === undefined ? [] : [['Upgrade', upgrade] as const]),
      ]),
    });
  deepEqual(asks('keep-alive, Upgrade', 'websocket'), true);
  deepEqual(asks('keep-alive', 'websocket'), false);
  deepEqual(asks('upgrade', undefined), false);
  deepEqual(asks('upgrade', 'websocket', HTTP_VERSION.http10), false);
});
