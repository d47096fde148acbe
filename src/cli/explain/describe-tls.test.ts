import { deepEqual } from 'node:assert/strict';
import { test } from 'node:test';
import type { ServerModel } from '../../config/model/server-model.ts';
import type { SiteTls } from '../../config/model/site-tls.ts';
import { USUAL_TLS } from '../../config/model/site-tls.ts';
import { describeTls } from './describe-tls.ts';

const describe = (tls: Partial<SiteTls>): string[] => {
  const certificates = [{ certFile: '/a.pem', keyFile: '', password: '' }];
  // Nothing else of the model is looked at.
  return describeTls({ ...USUAL_TLS, certificates: [0], ...tls }, { certificates } as unknown as ServerModel);
};

test('describeTls() says what a site shows, speaks and asks', () => {
  deepEqual(describe({}), [
    'TLS with the certificate /a.pem',
    'TLSv1.2 and TLSv1.3; sessions are taken up again, by tickets',
  ]);
  deepEqual(describe({ certificates: [], protocols: ['TLSv1.3'], usesTickets: false }), [
    'TLS with the certificate of the default site of the address',
    'TLSv1.3; sessions are taken up again, kept by the server',
  ]);
  deepEqual(describe({ clients: 'required', caCerts: '/ca.pem' }), [
    'TLS with the certificate /a.pem',
    'TLSv1.2 and TLSv1.3; sessions are taken up again, kept by the server',
    'clients need a good certificate (/ca.pem)',
  ]);
  deepEqual(describe({ clients: 'required', clientStatus: 'leaf' }).slice(2), [
    'clients need a good certificate',
    'the authority of a good one is asked whether it is revoked, at each connection',
  ]);
  deepEqual(
    describe({ clients: 'optional', clientStatus: 'chain', clientResponder: 'http://a/', clientStatusCache: 'b' }).at(
      -1,
    ),
    'the authorities of a good one, and of those that have signed it, are asked whether it is revoked (http://a/), answers are kept as "b"',
  );
  deepEqual(describe({ rejectsHandshake: true }), ['handshakes of TLS are refused']);
  deepEqual(describeTls(undefined, {} as ServerModel), []);
});
