import { deepEqual } from 'node:assert/strict';
import { test } from 'node:test';
import type { ProxyRequest } from '../../../config/model/proxying.ts';
import type { FakeRequestLine } from '../../../protocol/http/fake-request.ts';
import { compileParameterRequest } from './compile-parameters.ts';
import { askFake, FAKE_PLACE, fakeRequest } from './fake-proxied.ts';

interface Asked {
  readonly policy?: Partial<ProxyRequest>;
  readonly protocol?: 'uwsgi' | 'fastcgi' | 'scgi';
  readonly request?: FakeRequestLine;
  readonly bodyLength?: number;
}

function parameters({ policy = {}, protocol = 'uwsgi', request = { path: '/' }, bodyLength = 0 }: Asked): string[] {
  const { made } = askFake({}, request, (compilation) => {
    const ask = compileParameterRequest(fakeRequest(policy), protocol, compilation);
    return (route) => ask(route, FAKE_PLACE, bodyLength);
  });
  return typeof made === 'object' ? made.fields.map(({ name, value }) => `${name}=${value}`) : [`refused ${made}`];
}

const NONE = { ifNotEmpty: false };

test('parameters stand in their order, the fields of the client behind them', () => {
  deepEqual(
    parameters({
      policy: {
        parameters: [
          { name: 'REQUEST_METHOD', value: [{ variable: 'request_method' }], ...NONE },
          { name: 'QUERY_STRING', value: [{ variable: 'query_string' }], ...NONE },
          { name: 'HTTPS', value: [{ variable: 'https' }], ifNotEmpty: true },
        ],
      },
      request: {
        path: '/',
        fields: [
          ['Host', 'a'],
          ['X-One', '1'],
          ['x-one', '2'],
          ['Cookie', 'a=1'],
          ['Cookie', 'b=2'],
        ],
      },
    }),
    ['REQUEST_METHOD=GET', 'QUERY_STRING=', 'HTTP_HOST=a', 'HTTP_X_ONE=1, 2', 'HTTP_COOKIE=a=1; b=2'],
  );
});

test('a parameter that is said takes the place of the field of its name', () => {
  const request: FakeRequestLine = {
    path: '/',
    fields: [
      ['X-User', 'mallory'],
      ['x_user', 'eve'],
    ],
  };
  const said = [{ name: 'HTTP_X_USER', value: 'alice', ...NONE }];
  deepEqual(parameters({ policy: { parameters: said }, request }), ['HTTP_X_USER=alice']);
  deepEqual(parameters({ policy: { passesFields: false }, request }), []);
});

test('of two fields with one name as a parameter the one with hyphens counts, whatever comes first', () => {
  for (const names of [
    ['X-User', 'X_User'],
    ['X_User', 'X-User'],
  ] as const) {
    const fields = names.map((name) => [name, name] as const);
    deepEqual(parameters({ request: { path: '/', fields } }), ['HTTP_X_USER=X-User']);
  }
  deepEqual(parameters({ request: { path: '/', fields: [['x_y', '1']] } }), ['HTTP_X_Y=1']);
});

test('a client can set neither the proxy of a program nor a framing that is gone', () => {
  const fields = [
    ['Proxy', 'http://evil'],
    ['PROXY', 'x'],
    ['Transfer-Encoding', 'chunked'],
  ] as const;
  deepEqual(parameters({ request: { path: '/', fields } }), []);
});

test('CONTENT_LENGTH is that of the body that is passed on', () => {
  const parametersSaid = [{ name: 'CONTENT_LENGTH', value: [{ variable: 'content_length' }], ...NONE }];
  const fields = [['Content-Length', '9']] as const;
  const policy = { parameters: parametersSaid, passesFields: false };
  deepEqual(parameters({ policy, request: { path: '/', fields }, bodyLength: 9 }), ['CONTENT_LENGTH=9']);
  deepEqual(parameters({ policy, request: { path: '/', fields }, bodyLength: 0 }), ['CONTENT_LENGTH=0']);
  deepEqual(parameters({ policy, bodyLength: 5 }), ['CONTENT_LENGTH=5']);
  deepEqual(parameters({ policy }), ['CONTENT_LENGTH=']);
  deepEqual(parameters({ policy, protocol: 'scgi', bodyLength: 5 }), []);
});

test('another protocol may be asked for behind uwsgi and SCGI, not behind FastCGI, and no HTTP under another name', () => {
  const upgradeOf = (
    protocol: 'uwsgi' | 'scgi' | 'fastcgi',
    connection: string,
    upgrade: string,
  ): string | undefined => {
    const fields = [
      ['Connection', connection],
      ['Upgrade', upgrade],
    ] as const;
    const { made } = askFake({}, { path: '/', fields }, (compilation) => {
      const ask = compileParameterRequest(fakeRequest({}), protocol, compilation);
      return (route) => ask(route, FAKE_PLACE, 0);
    });
    return typeof made === 'object' ? made.upgrade : String(made);
  };
  deepEqual(upgradeOf('uwsgi', 'keep-alive, Upgrade', 'websocket'), 'websocket');
  deepEqual(upgradeOf('scgi', 'upgrade', 'websocket'), 'websocket');
  deepEqual(upgradeOf('fastcgi', 'upgrade', 'websocket'), undefined);
  deepEqual(upgradeOf('uwsgi', 'keep-alive', 'websocket'), undefined);
  deepEqual(upgradeOf('uwsgi', 'upgrade', 'h2c'), undefined);
});
