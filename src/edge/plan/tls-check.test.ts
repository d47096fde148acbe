import { equal } from 'node:assert/strict';
import { test } from 'node:test';
import type { EdgeModel } from '../../config/model/server-model.ts';
import type { ClientRules } from '../../config/model/site-tls.ts';
import { clientRulesOf, USUAL_TLS } from '../../config/model/site-tls.ts';
import type { PeerTls } from '../../protocol/http/peer-tls.ts';
import { verifyError } from '../../protocol/tls/verify-errors.ts';
import { compileTlsCheck } from './tls-check.ts';

const TLS: PeerTls = {
  ...{ isMissing: false, serverName: '', site: 0, hello: undefined, isResumed: false, certificate: undefined },
  ...{ certificateFault: undefined, isUnknownAuthority: false, sessionId: '', curve: '', protocol: '' },
};
// No more of it than that it is there.
const CERTIFICATE = {} as NonNullable<PeerTls['certificate']>;
const asks = (clients: ClientRules['clients'], caCerts = 'ca'): { clients: ClientRules } => ({
  clients: { ...clientRulesOf(USUAL_TLS), clients, caCerts, verifyDepth: 1 },
});

/** What becomes of a request for a site, by the rules of each site; the first is the default one. */
function statusOf(
  rules: readonly { readonly clients?: ClientRules }[],
  site: number,
  tls: Partial<PeerTls> | undefined,
): number {
  // The check looks at nothing else of a site.
  const sites = rules as unknown as EdgeModel['sites'];
  return compileTlsCheck({ sites }, 0)(tls && { ...TLS, ...tls }, site)?.status ?? 200;
}

test('compileTlsCheck() refuses what has come without TLS, with 497', () => {
  for (const rules of [[{}], [asks('required')]]) {
    equal(statusOf(rules, 0, undefined), 497);
    equal(statusOf(rules, 0, { isMissing: true }), 497);
  }
  equal(statusOf([{}], 0, {}), 200);
});

test('compileTlsCheck() refuses certificates that are not good with 495, and that there is none with 496', () => {
  const expired = { certificate: CERTIFICATE, certificateFault: verifyError('CERT_HAS_EXPIRED') };
  const unknown = {
    ...{ certificate: CERTIFICATE, isUnknownAuthority: true },
    certificateFault: verifyError('DEPTH_ZERO_SELF_SIGNED_CERT'),
  };
  const cases = [
    ['none', 200, 200, 200],
    ['optional', 200, 495, 495],
    ['required', 496, 495, 495],
    ['unverified', 200, 200, 495],
  ] as const;
  for (const [clients, without, ofUnknown, late] of cases) {
    const rules = [asks(clients)];
    equal(statusOf(rules, 0, {}), without, clients);
    equal(statusOf(rules, 0, unknown), ofUnknown, clients);
    equal(statusOf(rules, 0, expired), late, clients);
    equal(statusOf(rules, 0, { certificate: CERTIFICATE }), 200, clients);
  }
});

test('compileTlsCheck() lets no certificate count at a site that has not asked for it, with 421', () => {
  const rules = [{}, asks('optional'), asks('optional'), asks('optional', 'others')];
  equal(statusOf(rules, 1, { serverName: 'a', site: 0 }), 421);
  equal(statusOf(rules, 1, { serverName: 'a', site: 3, certificate: CERTIFICATE }), 421);
  equal(statusOf(rules, 1, { site: 3, certificate: CERTIFICATE }), 421, 'the default site has asked');
  equal(statusOf(rules, 1, { serverName: 'c', site: 2, certificate: CERTIFICATE }), 200, 'by the same rules');
  equal(statusOf(rules, 0, { serverName: 'b', site: 1 }), 200, 'a site that asks nobody');
  equal(statusOf([{}, asks('required')], 1, { site: 0 }), 496, 'a client that says no name');
});

test('compileTlsCheck() has a site that says nothing of TLS go by the rules of the default one', () => {
  equal(statusOf([asks('required'), {}], 1, { serverName: 'b', site: 1 }), 496);
});
