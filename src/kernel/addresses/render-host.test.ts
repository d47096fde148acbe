import { equal } from 'node:assert/strict';
import { test } from 'node:test';
import { renderHost, renderHostPort } from './render-host.ts';

test('an IPv6 address stands in brackets, names and IPv4 do not', () => {
  equal(renderHost('::1'), '[::1]');
  equal(renderHost('app.internal'), 'app.internal');
  equal(renderHostPort('2001:db8::1', 80), '[2001:db8::1]:80');
  equal(renderHostPort('192.0.2.1', '8000'), '192.0.2.1:8000');
});
