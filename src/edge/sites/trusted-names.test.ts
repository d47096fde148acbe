import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { EdgeModel } from '../../config/model/server-model.ts';
import { trustedNames, withTrustedAddresses } from './trusted-names.ts';

function model(...from: readonly string[]): Pick<EdgeModel, 'scopes' | 'streams'> {
  return { scopes: [{}, { realIp: { from } }], streams: { servers: [{ realIpFrom: from }] } } as unknown as EdgeModel;
}

test('names stand for their addresses, in their place', () => {
  const named = model('10.0.0.0/8', 'proxy.example', 'unix:', 'two.example');
  assert.deepEqual(trustedNames(named), ['proxy.example', 'two.example']);
  const names = new Map([
    ['proxy.example', ['192.0.2.1', '::1']],
    ['two.example', { code: 'ENOTFOUND' }],
  ]);
  const { model: resolved, warnings } = withTrustedAddresses(named, names);
  const { scopes, streams } = resolved;
  const from = ['10.0.0.0/8', '192.0.2.1', '::1', 'unix:'];
  assert.deepEqual(
    scopes.map(({ realIp }) => realIp?.from),
    [undefined, from],
  );
  assert.deepEqual(streams?.servers[0]?.realIpFrom, from);
  assert.equal(warnings.length, 1);
  assert.match(warnings[0] ?? '', /"two\.example".*\(ENOTFOUND\)/);
});

test('a model without names is left as it is', () => {
  const plain = model('10.0.0.1', '::/0', 'unix:');
  assert.equal(withTrustedAddresses(plain, new Map()).model, plain);
});
