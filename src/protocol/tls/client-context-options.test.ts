import { deepEqual } from 'node:assert/strict';
import { test } from 'node:test';
import { clientContextOptions } from './client-context-options.ts';

const RULES = { verifies: false, ciphers: '', curves: '', signatures: '', protocols: [] };
const NONE = { trusted: '', crl: '', cert: '', key: '', passwords: [] };

test('clientContextOptions() of a server that is not verified has no authorities', () => {
  deepEqual(clientContextOptions(RULES, { ...NONE, trusted: 't', crl: 'r' }), {
    ca: [],
    minVersion: 'TLSv1.2',
    maxVersion: 'TLSv1.3',
  });
});

test('clientContextOptions() has what the files hold', () => {
  const rules = { ...RULES, verifies: true, ciphers: 'HIGH', protocols: ['TLSv1.3'] };
  deepEqual(clientContextOptions(rules, { trusted: 't', crl: 'r', cert: 'c', key: 'k', passwords: [] }), {
    ca: 't',
    crl: ['r'],
    cert: 'c',
    key: 'k',
    ciphers: 'HIGH',
    minVersion: 'TLSv1.3',
    maxVersion: 'TLSv1.3',
  });
});
