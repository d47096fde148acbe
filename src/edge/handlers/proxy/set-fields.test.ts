import { deepEqual, equal } from 'node:assert/strict';
import { test } from 'node:test';
import type { ProxyRequest } from '../../../config/model/proxying.ts';
import { compileHttpRequest } from './compile-request.ts';
import { askFake, FAKE_PLACE, fakeRequest } from './fake-proxied.ts';
import { compileSetFields } from './set-fields.ts';

function written(fields: ProxyRequest['fields']): string[] {
  const { made } = askFake({}, { path: '/p', host: 'site.example' }, (compilation) => {
    const set = compileSetFields({ fields }, compilation);
    return (route) => {
      route.asked = FAKE_PLACE;
      const values: string[] = [];
      set.readInto(values, 0, route);
      return set.fieldsOf(values, 0);
    };
  });
  return Array.isArray(made) ? made.map(({ name, value }) => `${name}: ${value}`) : [];
}

test('Host is that of the server that is asked, unless it is said; fields stand in the order of the configuration', () => {
  deepEqual(written([]), ['Host: app:8000']);
  deepEqual(
    written([
      { name: 'X-Real-IP', value: [{ variable: 'remote_addr' }] },
      { name: 'host', value: [{ variable: 'host' }] },
    ]),
    ['X-Real-IP: 192.0.2.1', 'host: site.example'],
  );
});

test('an empty value takes a field away, Host as well', () => {
  deepEqual(
    written([
      { name: 'Host', value: '' },
      { name: 'X-None', value: [{ variable: 'arg_none' }] },
    ]),
    [],
  );
});

test('framing and the connection are written by the wire, whatever is said of them', () => {
  const fields = ['Content-Length', 'Transfer-Encoding', 'Connection', 'Upgrade'].map((name) => ({ name, value: '7' }));
  deepEqual(written(fields), ['Host: app:8000']);
});

test('a value that has come to hold a line break is refused, not sent', () => {
  const { made } = askFake({}, { path: '/a\nX: y', rawPath: '/a%0AX:%20y' }, (compilation) => {
    const ask = compileHttpRequest(
      fakeRequest({ fields: [{ name: 'X-Path', value: [{ variable: 'uri' }] }] }),
      compilation,
    );
    return (route) => ask(route, FAKE_PLACE, 0);
  });
  equal(made, 400);
});
