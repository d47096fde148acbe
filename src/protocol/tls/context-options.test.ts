import { deepEqual, equal, match } from 'node:assert/strict';
import { constants } from 'node:crypto';
import { test } from 'node:test';
import type { TlsContextSettings } from '../control/edge.ts';
import { authoritiesOf, contextOptions } from './context-options.ts';

const SETTINGS: TlsContextSettings = {
  ...{ ciphers: '', clients: 'none', curves: '', prefersServerCiphers: false, protocols: [], verifyDepth: 1 },
  ...{ clientStatus: 'none', clientResponder: '', clientResolver: undefined, clientStatusCache: '' },
  ...{ recordBytesMax: 16_384, rejectsHandshake: false, sessionMs: 300_000, usesTickets: true, keepsSessions: false },
  ...{ prioritizesChaCha: false, signatures: '' },
  ...{ caCerts: '', trustedCerts: '', crl: '', dhParams: '' },
  certificates: [{ chain: 'c', key: 'k' }],
  ticketKeys: [],
  sessionContext: 'here',
};
const KEY = 'AAAA';

test('contextOptions() allows no renegotiation, and no session that outlives the certificate of a client', () => {
  equal(contextOptions(SETTINGS, KEY).secureOptions, constants.SSL_OP_NO_RENEGOTIATION);
  equal(
    contextOptions({ ...SETTINGS, clients: 'optional', caCerts: 'a' }, KEY).secureOptions,
    constants.SSL_OP_NO_RENEGOTIATION | constants.SSL_OP_NO_TICKET,
  );
});

test('contextOptions() leaves to Node what is not said', () => {
  const options = contextOptions(SETTINGS, KEY);
  deepEqual(options.ca, [], 'nobody is trusted');
  equal(options.ticketKeys.length, 3);
});

test('contextOptions() offers ECDHE with AEAD, in the order of the client, unless others are named', () => {
  const { ciphers, honorCipherOrder } = contextOptions(SETTINGS, KEY);
  for (const suite of ciphers.split(':')) match(suite, /^(TLS|ECDHE)[_-].*(GCM|POLY1305)/);
  equal(honorCipherOrder, false);
  const named = contextOptions({ ...SETTINGS, ciphers: 'HIGH', prefersServerCiphers: true }, KEY);
  deepEqual([named.ciphers, named.honorCipherOrder], ['HIGH', true]);
});

test('contextOptions() speaks the versions that are named, or both', () => {
  const versionsOf = (...protocols: TlsContextSettings['protocols']): string[] => {
    const { minVersion, maxVersion } = contextOptions({ ...SETTINGS, protocols }, KEY);
    return [minVersion, maxVersion];
  };
  deepEqual(versionsOf(), ['TLSv1.2', 'TLSv1.3']);
  deepEqual(versionsOf('TLSv1.3', 'TLSv1.2'), ['TLSv1.2', 'TLSv1.3']);
  deepEqual(versionsOf('TLSv1.3'), ['TLSv1.3', 'TLSv1.3']);
  deepEqual(versionsOf('TLSv1.2'), ['TLSv1.2', 'TLSv1.2']);
});

test('contextOptions() offers the groups that Mozilla recommends, unless others are named', () => {
  equal(contextOptions(SETTINGS, KEY).ecdhCurve, 'X25519MLKEM768:X25519:P-256:P-384');
  equal(contextOptions({ ...SETTINGS, curves: 'P-384' }, KEY).ecdhCurve, 'P-384');
});

test('authoritiesOf() has each certificate once, and those that clients are told of apart', () => {
  const pem = (text: string): string => `-----BEGIN CERTIFICATE-----\n${text}\n-----END CERTIFICATE-----`;
  const [one, two, three] = [pem('one'), pem('two'), pem('three')];
  const trustedCerts = `${two}\nsomething else\n${three}\n${three}`;
  deepEqual(authoritiesOf({ caCerts: `${one}\n${two}\n${one}`, trustedCerts }), { told: [one, two], silent: [three] });
  deepEqual(authoritiesOf({ caCerts: '', trustedCerts: '' }), { told: [], silent: [] });
  const asked = { ...SETTINGS, clients: 'optional', caCerts: one, trustedCerts } as const;
  deepEqual(contextOptions(asked, KEY).ca, [one, two, three]);
});
