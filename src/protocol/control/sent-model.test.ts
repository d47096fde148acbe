import { deepEqual, equal, throws } from 'node:assert/strict';
import { test } from 'node:test';
import type { AccessRules, Scope } from '../../config/model/scope.ts';
import type { EdgeModel } from '../../config/model/server-model.ts';
import type { SentModel } from './sent-model.ts';
import { packModel, unpackModel } from './sent-model.ts';

const DENIED = [{ allows: false, from: '192.0.2.0/24' }];
const rules = (addresses: AccessRules['addresses']): AccessRules => ({ satisfies: 'all', addresses, delayMs: 0 });
/** No test looks at more of a model. */
const MODEL = {
  sites: [],
  scopes: [
    { serverField: 'a', access: rules(DENIED) },
    { serverField: 'b', access: rules(DENIED), exceptMethods: { methods: ['GET'], access: rules(DENIED) } },
    { serverField: 'c', access: rules([{ allows: true, from: 'all' }]) },
    { serverField: 'd' },
  ] as unknown as readonly Scope[],
} as unknown as EdgeModel;

test('packModel() sends a list that many scopes have once, and unpackModel() makes it one array again', () => {
  const sent = JSON.stringify(packModel(MODEL));
  equal(sent.split('192.0.2.0/24').length - 1, 1);
  const model = unpackModel(JSON.parse(sent) as SentModel);
  deepEqual(model, MODEL);
  const [first, second] = model.scopes;
  equal(first?.access?.addresses, second?.access?.addresses);
  equal(first?.access?.addresses, second?.exceptMethods?.access.addresses);
});

test('unpackModel() does not take a list that is not there for an empty one, which would let everybody in', () => {
  throws(() => unpackModel({ ...packModel(MODEL), addressLists: [] }), /without the list of addresses 0/);
});
