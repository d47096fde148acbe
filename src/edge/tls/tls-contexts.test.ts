import { equal, notEqual } from 'node:assert/strict';
import { test } from 'node:test';
import { clientRulesOf, USUAL_TLS } from '../../config/model/site-tls.ts';
import { FakeClock } from '../../kernel/fake-clock.ts';
import type { TlsContextSettings } from '../../protocol/control/edge.ts';
import { ExpiringTable, newTableMemory, SESSIONS } from '../shared/expiring-table.ts';
import { TlsContexts } from './tls-contexts.ts';

const SETTINGS: TlsContextSettings = {
  ...{ ciphers: '', curves: '', prefersServerCiphers: false, protocols: [], ...clientRulesOf(USUAL_TLS) },
  ...{ recordBytesMax: 16_384, rejectsHandshake: false, sessionMs: 300_000, usesTickets: true, keepsSessions: false },
  ...{ prioritizesChaCha: false, signatures: '' },
  ...{ caCerts: '', trustedCerts: '', crl: '', dhParams: '', certificates: [], ticketKeys: [], sessionContext: 'here' },
};
const keyOf = (letter: string): string => Buffer.alloc(48, letter).toString('base64');
const ticketOf = (letter: string): Buffer => Buffer.alloc(100, letter);

function contextsOf(contexts: readonly TlsContextSettings[], sites: readonly (number | null)[]): TlsContexts {
  const kept = { table: new ExpiringTable(newTableMemory(SESSIONS), SESSIONS), clock: new FakeClock() };
  return new TlsContexts({ contexts, sites, ticketKeys: { 300000: [keyOf('b'), keyOf('a')] } }, kept, {
    onSecured: () => undefined,
    onFailed: () => undefined,
  });
}

test('contextOf() is that of the first site that has rules, and made once', () => {
  const contexts = contextsOf([SETTINGS, { ...SETTINGS, protocols: ['TLSv1.3'] }], [0, null, 1, 0]);
  const first = contexts.contextOf([0, 2], undefined);
  equal(contexts.contextOf([3, 2], undefined), first);
  equal(contexts.contextOf([1, 2], undefined)?.settings.protocols[0], 'TLSv1.3');
  equal(contexts.contextOf([1, 1], undefined), undefined);
  equal(contexts.contextOf([9], undefined), undefined);
});

test('contextOf() opens tickets of the key before with that, and seals new ones with the present key', () => {
  const contexts = contextsOf([SETTINGS], [0]);
  const present = contexts.contextOf([0], undefined);
  equal(contexts.contextOf([0], ticketOf('b')), present);
  equal(contexts.contextOf([0], ticketOf('c')), present, 'a key of nobody');
  equal(contexts.contextOf([0], Buffer.alloc(3)), present, 'no ticket');
  const before = contexts.contextOf([0], ticketOf('a'));
  notEqual(before, present);
  equal(contexts.contextOf([0], ticketOf('a')), before);
});

test('contextOf() goes by new keys as soon as they are there', () => {
  const others = { ...SETTINGS, sessionMs: 2000, ticketKeys: [keyOf('x')] };
  const contexts = contextsOf([SETTINGS, others], [0, 1]);
  const [before, own] = [contexts.contextOf([0], undefined), contexts.contextOf([1], undefined)];
  contexts.renewTicketKeys({ 300000: [keyOf('c'), keyOf('b')] });
  notEqual(contexts.contextOf([0], undefined), before);
  equal(contexts.contextOf([0], ticketOf('b')), before, 'it opens what it has sealed');
  equal(contexts.contextOf([0], ticketOf('a')), contexts.contextOf([0], undefined), 'a key that is gone');
  equal(contexts.contextOf([1], undefined), own);
});

test('contextOf() has the keys of the site, where it has its own', () => {
  const contexts = contextsOf([{ ...SETTINGS, ticketKeys: [keyOf('x'), keyOf('y')] }], [0]);
  const own = contexts.contextOf([0], undefined);
  equal(contexts.contextOf([0], ticketOf('a')), own, "the server's keys are not the site's");
  notEqual(contexts.contextOf([0], ticketOf('y')), own);
});
