import assert from 'node:assert/strict';
import { test } from 'node:test';
import { edgeModel } from '../../config/model/edge-model.ts';
import type { Scope } from '../../config/model/scope.ts';
import type { EdgeModel, EdgeSite } from '../../config/model/server-model.ts';
import { readServeRequest } from '../../config/read.ts';
import { serveModel } from '../../config/serve-model.ts';
import { isPlain } from './is-plain.ts';

function served(...args: string[]): EdgeModel {
  const { request } = readServeRequest(['a:b', ...args], { env: {}, coreCount: 2 });
  assert.ok(request);
  return edgeModel(serveModel(request, '/srv'));
}

test('what portico serve runs is plain, whatever it is asked for', () => {
  assert.equal(isPlain(served()), true);
  const all = ['--static', '/s=dir', '--header', 'X-A: b', '--access-log', '-', '--reload'];
  assert.equal(isPlain(served(...all)), true);
});

test('a location, an instruction, a second site, or any rule of a scope needs a plan', () => {
  const model = served();
  const [site] = model.sites;
  const [scope] = model.scopes;
  const { compressions } = scope ?? {};
  const [coding] = compressions?.codings ?? [];
  assert.ok(site && scope && compressions && coding);
  const withSite = (more: Partial<EdgeSite>): EdgeModel => ({ ...model, sites: [{ ...site, ...more }] });
  const withScope = (more: Partial<Scope>): EdgeModel => ({ ...model, scopes: [{ ...scope, ...more }] });
  const others: readonly EdgeModel[] = [
    { ...model, sites: [site, site] },
    withSite({ rewrite: [{ kind: 'break' }] }),
    withSite({ content: { kind: 'files' } }),
    withScope({ serverField: 'x' }),
    withScope({ refusals: { ...scope.refusals, style: 'nginx' } }),
    withScope({ access: { satisfies: 'all', addresses: [{ allows: false, from: 'all' }], delayMs: 0 } }),
    withScope({ sending: { rate: '1k' } }),
    withScope({ compressions: { ...compressions, decompresses: true } }),
    withScope({ compressions: { ...compressions, codings: [{ ...coding, bytesMin: 1 }, coding] } }),
    withScope({
      fields: {
        fields: [{ name: 'A', value: [{ variable: 'uri' }], always: true, effect: 'add' }],
        trailers: [],
        expires: undefined,
      },
    }),
    withScope({
      fields: { fields: [{ name: 'A', value: 'b', always: false, effect: 'add' }], trailers: [], expires: undefined },
    }),
  ];
  for (const other of others) {
    assert.equal(isPlain(other), false, JSON.stringify(other.scopes));
  }
});
