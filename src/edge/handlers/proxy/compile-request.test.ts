import { deepEqual, equal } from 'node:assert/strict';
import { test } from 'node:test';
import type { ProxyRequest } from '../../../config/model/proxying.ts';
import type { FakeRequestLine } from '../../../protocol/http/fake-request.ts';
import type { FakeModel } from '../../plan/fake-site.ts';
import type { AskedRequest } from './asked-request.ts';
import { compileHttpRequest } from './compile-request.ts';
import { askFake, FAKE_PLACE, fakeRequest } from './fake-proxied.ts';

function asked(
  more: Partial<ProxyRequest> = {},
  request: FakeRequestLine = { path: '/p' },
  site: FakeModel = {},
): AskedRequest | number | undefined {
  return askFake(site, request, (compilation) => {
    const ask = compileHttpRequest(fakeRequest(more), compilation);
    return (route) => ask(route, FAKE_PLACE, 0);
  }).made;
}

function good(made: AskedRequest | number | undefined): AskedRequest {
  if (typeof made !== 'object') {
    throw new Error(`refused with ${made}`);
  }
  return made;
}

test('a request without anything said of it', () => {
  const request = {
    path: '/p',
    query: 'q',
    method: 'PUT',
    fields: [
      ['Accept', '*/*'],
      ['Connection', 'keep-alive'],
    ],
  } as const;
  deepEqual(asked({}, request), {
    method: 'PUT',
    target: '/p?q',
    fields: [
      { name: 'Host', value: 'app:8000' },
      { name: 'Accept', value: '*/*' },
    ],
    keepsConnection: false,
    upgrade: undefined,
    body: undefined,
    isRepeated: false,
    asking: undefined,
  });
});

test('fields of the client stay here where they are not to be passed', () => {
  const request = { path: '/p', fields: [['Accept', '*/*']] } as const;
  deepEqual(good(asked({ passesFields: false }, request)).fields, [{ name: 'Host', value: 'app:8000' }]);
});

test('the method and the body may be others', () => {
  const made = good(asked({ method: 'POST', body: ['was ', { variable: 'request_method' }] }));
  deepEqual([made.method, made.body], ['POST', 'was GET']);
  equal(good(asked({ method: [{ variable: 'arg_none' }] })).method, 'GET');
});

test('what is no method is refused', () => {
  equal(asked({ method: [{ variable: 'arg_m' }] }, { path: '/', query: 'm=A/B' }), 500);
});

test('a WebSocket is asked for as people write it', () => {
  const fields = [
    { name: 'Upgrade', value: [{ variable: 'http_upgrade' }] },
    { name: 'Connection', value: [{ variable: 'connection_upgrade' }] },
  ];
  const site: FakeModel = {
    variables: [
      {
        kind: 'map',
        variable: 'connection_upgrade',
        source: [{ variable: 'http_upgrade' }],
        hasHostnames: false,
        isVolatile: false,
        exact: [['', 'close']],
        patterns: [],
        fallback: 'upgrade',
      },
    ],
  };
  const websocket = {
    path: '/',
    fields: [
      ['Upgrade', 'websocket'],
      ['Connection', 'Upgrade'],
    ],
  } as const;
  const constant = [
    { name: 'Upgrade', value: [{ variable: 'http_upgrade' }] },
    { name: 'Connection', value: 'upgrade' },
  ];
  equal(good(asked({ fields: constant }, websocket)).upgrade, 'websocket');
  equal(good(asked({ fields: constant })).upgrade, undefined);
  equal(good(asked({ fields }, websocket, site)).upgrade, 'websocket');
  const plain = good(asked({ fields }, { path: '/' }, site));
  deepEqual([plain.upgrade, plain.keepsConnection], [undefined, false]);
});

test('the place that is asked is known to variables', () => {
  const { made } = askFake({}, '/', (compilation) => {
    const ask = compileHttpRequest(
      fakeRequest({ fields: [{ name: 'X', value: [{ variable: 'proxy_host' }, ' ', { variable: 'proxy_port' }] }] }),
      compilation,
    );
    return (route) => ask(route, FAKE_PLACE, 0);
  });
  deepEqual(good(made).fields[0], { name: 'X', value: 'app:8000 8000' });
});

test('what is asked again is the same object, unless a text comes to something else', () => {
  const field = { name: 'X', value: [{ variable: 'arg_x' }] };
  const { made } = askFake({}, { path: '/', query: 'x=1' }, (compilation) => {
    const ask = compileHttpRequest(fakeRequest({ fields: [field] }), compilation);
    return (route) => {
      const first = ask(route, FAKE_PLACE, 0);
      const again = ask(route, FAKE_PLACE, 0);
      route.query = 'x=2';
      const other = ask(route, FAKE_PLACE, 0);
      const elsewhere = ask(route, { ...FAKE_PLACE, host: 'other' }, 0);
      route.method = 'POST';
      return [first, again, other, elsewhere, ask(route, FAKE_PLACE, 0)];
    };
  });
  const [first, again, other, elsewhere, posted] = (made ?? []).map(good);
  equal(again, first);
  equal(first?.isRepeated, true);
  deepEqual(
    [other, elsewhere, posted].map((one) => [
      one?.isRepeated,
      one?.method,
      one?.fields[0]?.value,
      one?.fields[1]?.value,
    ]),
    [
      [false, 'GET', '2', 'app:8000'],
      [false, 'GET', '2', 'other'],
      [false, 'POST', '2', 'app:8000'],
    ],
  );
});
