import { equal } from 'node:assert/strict';
import { test } from 'node:test';
import { isKnownVariable, SETTABLE_VARIABLES, VARIABLE_NAMES } from './variable-names.ts';

test('isKnownVariable() knows names in any case, and names behind prefixes', () => {
  for (const name of ['uri', 'URI', 'arg_page', 'http_x_y', 'sent_http_location', 'cookie_a', 'upstream_http_x']) {
    equal(isKnownVariable(name), true, name);
  }
  for (const name of ['', 'ur', 'urix', 'arg_', 'http_', 'constructor', '__proto__']) {
    equal(isKnownVariable(name), false, name);
  }
});

test('what may be set is there', () => {
  for (const name of SETTABLE_VARIABLES) {
    equal(VARIABLE_NAMES.has(name), true, name);
  }
});
