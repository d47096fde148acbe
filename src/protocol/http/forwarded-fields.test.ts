import { equal } from 'node:assert/strict';
import { test } from 'node:test';
import { forwardedFamilyOf, isProxyField } from './forwarded-fields.ts';

test('forwardedFamilyOf() knows the two families, whatever follows X-Forwarded-', () => {
  for (const name of ['x-forwarded-for', 'x-forwarded-prefix', 'x-forwarded-anything', 'x-real-ip', 'front-end-https'])
    equal(forwardedFamilyOf(name), 'x-forwarded', name);
  equal(forwardedFamilyOf('forwarded'), 'forwarded');
  for (const name of ['x-forward', 'x_forwarded_for', 'cf-connecting-ip', 'via', 'host', ''])
    equal(forwardedFamilyOf(name), undefined, name);
});

test('isProxyField() counts the id of the request among what only a trusted peer may say', () => {
  equal(isProxyField('x-request-id'), true);
  equal(isProxyField('forwarded'), true);
  equal(isProxyField('x-forwarded-host'), true);
  equal(isProxyField('user-agent'), false);
});
