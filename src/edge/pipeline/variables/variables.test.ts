import { deepEqual, equal, match } from 'node:assert/strict';
import { test } from 'node:test';
import { VARIABLE_NAMES } from '../../../config/model/variable-names.ts';
import type { DefinedVariable } from '../../../config/model/variables.ts';
import type { FakeRequestLine } from '../../../protocol/http/fake-request.ts';
import type { FakeModel } from '../../plan/fake-site.ts';
import { FakeSite, location } from '../../plan/fake-site.ts';
import { binaryAddress } from './connection-variables.ts';
import { REQUEST_VARIABLES } from './request-variables.ts';

function asked(name: string, request: FakeRequestLine | string = '/', more: FakeModel = {}): string {
  const site = new FakeSite({
    ...more,
    locations: [
      location('/', {
        rewrite: [...(more.rewrite ?? []), { kind: 'return', status: 200, body: ['<', { variable: name }, '>'] }],
      }),
    ],
    rewrite: [],
  });
  const { body } = site.ask(request);
  deepEqual(site.bugs, []);
  return body.slice(1, -1);
}

test('every name of the list has a value, or none, and no bug', () => {
  for (const name of VARIABLE_NAMES) {
    asked(name);
  }
});

test('a field whose name has an underscore is found where such fields are asked for', () => {
  const fields = [['X_A-b', 'u']] as const;
  const ask = (takesUnderscores: boolean): string =>
    asked('http_x_a_b', { path: '/', fields }, { connections: [{ keepAliveMs: 0, takesUnderscores }] });
  deepEqual([ask(true), ask(false)], ['u', '']);
});

test('a query and a user that are empty are none, and no page is unwelcome where nothing is said of pages', () => {
  const seen: (string | undefined)[] = [];
  const site = new FakeSite(
    { locations: [location('/')] },
    {
      produceOf: () => (exchange, route) => {
        for (const name of ['args', 'query_string', 'remote_user']) {
          seen.push(route && REQUEST_VARIABLES[name]?.(route));
        }
        seen.push(route?.scope.variables.get('invalid_referer')?.(route));
        exchange.responder.refuse(404);
      },
    },
  );
  const ask = (query: string, user: string): void => {
    const authorization = `Basic ${Buffer.from(`${user}:x`).toString('base64')}`;
    site.ask({ path: '/', query, fields: [['Authorization', authorization]] });
  };
  ask('', '');
  ask('a', 'joe');
  deepEqual(seen, [undefined, undefined, undefined, '', 'a', 'a', 'joe', '']);
});

test('what the request says', () => {
  const request = {
    method: 'POST',
    path: '/a b/./c',
    rawPath: '/a%20b/./c',
    query: 'x=1&Page=2&y',
    host: 'Shop.Example:8080',
    fields: [
      ['Host', 'Shop.Example:8080'],
      ['User-Agent', 'curl'],
      ['Cookie', 'a=1; b=2'],
      ['Cookie', 'c=3'],
      ['Cookie', 'd, E = 5, f=6 ;ee=7'],
      ['X-Two', '1'],
      ['X-Two', '2'],
      ['Content-Type', 'text/x'],
      ['Authorization', `Basic ${Buffer.from('joe:x:y').toString('base64')}`],
    ],
  } as const;
  const expected: Record<string, string> = {
    uri: '/a b/c',
    document_uri: '/a b/c',
    request_uri: '/a%20b/./c?x=1&Page=2&y',
    request: 'POST /a%20b/./c?x=1&Page=2&y HTTP/1.1',
    request_method: 'POST',
    args: 'x=1&Page=2&y',
    query_string: 'x=1&Page=2&y',
    is_args: '?',
    arg_x: '1',
    arg_page: '2',
    arg_PAGE: '2',
    arg_y: '',
    arg_none: '',
    proxy_add_x_forwarded_for: '192.0.2.1',
    host: 'shop.example',
    http_host: 'Shop.Example:8080',
    http_user_agent: 'curl',
    http_x_two: '1, 2',
    http_cookie: 'a=1; b=2; c=3; d, E = 5, f=6 ;ee=7',
    cookie_b: '2',
    cookie_C: '3',
    cookie_d: '',
    cookie_e: '5, f=6 ',
    cookie_f: '6 ',
    cookie_ee: '7',
    content_type: 'text/x',
    remote_user: 'joe',
    remote_addr: '192.0.2.1',
    remote_port: '40000',
    server_port: '80',
    server_name: 'site',
    scheme: 'http',
    https: '',
    server_protocol: 'HTTP/1.1',
    request_filename: '/srv/www/a b/c',
    document_root: '/srv/www',
    hostname: 'machine',
    nginx_version: '1.22.1',
    pid: String(process.pid),
    request_id: '0123456789abcdef0123456789abcdef',
    request_port: '8080',
    is_request_port: ':',
    msec: '1735689600.000',
  };
  for (const [name, value] of Object.entries(expected)) {
    equal(asked(name, request), value, name);
  }
  match(asked('time_local'), /^\d\d\/[A-Z][a-z]{2}\/2025:\d\d:\d\d:\d\d [+-]\d{4}$/);
  match(asked('time_iso8601'), /^2025-\d\d-\d\dT\d\d:\d\d:\d\d[+-]\d\d:\d\d$/);
});

test('$host is the name of the site where the request names none', () => {
  equal(asked('host', { path: '/', host: '' }), 'site');
  equal(asked('host', { path: '/', host: '[::1]:80' }), '[::1]');
});

test('$binary_remote_addr has a character for each byte', () => {
  equal(binaryAddress('192.0.2.1'), '\xc0\0\x02\x01');
  equal(binaryAddress('::1'), `${'\0'.repeat(15)}\x01`);
  equal(binaryAddress('2001:db8::ff'), `\x20\x01\x0d\xb8${'\0'.repeat(11)}\xff`);
  equal(binaryAddress('::ffff:192.0.2.1').slice(-6), '\xff\xff\xc0\0\x02\x01');
  equal(binaryAddress(''), 'unix:');
});

type MapModel = Extract<DefinedVariable, { readonly kind: 'map' }>;

function map(more: Partial<MapModel>): MapModel {
  return {
    kind: 'map',
    variable: 'mapped',
    source: [{ variable: 'arg_a' }],
    hasHostnames: false,
    isVolatile: false,
    exact: [],
    patterns: [],
    fallback: '',
    ...more,
  };
}

test('a map asks exact texts in any case, then regexes, and then has a fallback', () => {
  const variables = [
    map({
      exact: [
        ['Foo', 'exact'],
        ['', 'empty'],
        ['É', 'accent'],
      ],
      patterns: [
        [{ text: '^f', isCaseless: false }, 'regex'],
        [{ text: '^(?<first>.)(.)', isCaseless: true }, ['named ', { variable: 'first' }, { capture: 2 }]],
      ],
      fallback: ['other ', { variable: 'arg_a' }],
    }),
  ];
  const cases = {
    ...{ foo: 'exact', fox: 'regex', XY: 'named XY', z: 'other z', '': 'empty' },
    // The bytes of É; and one of them is no other case of another letter's byte.
    ...{ '\xc3\x89': 'accent', '\xe3\x89': 'named \xe3\x89' },
  };
  for (const [value, expected] of Object.entries(cases)) {
    equal(asked('mapped', `/?a=${value}`, { variables }), expected, value);
  }
});

test('a map gives each request the captures of its regex, also where the text has come before', () => {
  const variables = [
    map({
      source: [{ variable: 'http_user_agent' }],
      patterns: [[{ text: '^(?<first>.)(.*)', isCaseless: false }, [{ variable: 'first' }, '-', { capture: 2 }]]],
      fallback: 'none',
    }),
  ];
  const site = new FakeSite({
    variables,
    locations: [location('/', { rewrite: [{ kind: 'return', status: 200, body: [{ variable: 'mapped' }] }] })],
  });
  for (const agent of ['abc', 'xyz', 'abc', '', 'abc']) {
    const fields = agent === '' ? [] : ([['User-Agent', agent]] as const);
    equal(site.ask({ path: '/', fields }).body, agent === '' ? 'none' : `${agent[0]}-${agent.slice(1)}`);
  }
});

test('a map of hostnames knows wildcards, the longest first', () => {
  const variables = [
    map({
      hasHostnames: true,
      exact: [
        ['.example.com', 'dot'],
        ['*.shop.example.com', 'star'],
        ['www.*', 'prefix'],
        ['a.example.com', 'exact'],
      ],
      fallback: 'none',
    }),
  ];
  const cases = {
    'example.com': 'dot',
    'x.example.com': 'dot',
    'x.shop.example.com': 'star',
    'shop.example.com': 'dot',
    'a.example.com.': 'exact',
    'www.any.org': 'prefix',
    'any.org': 'none',
  };
  for (const [host, expected] of Object.entries(cases)) {
    equal(asked('mapped', `/?a=${host}`, { variables }), expected, host);
  }
});

test('a map is made once for a request, unless it is volatile; maps that name each other have no value', () => {
  const body = [{ variable: 'mapped' }, ' '] as const;
  const made = (isVolatile: boolean): string => {
    const site = new FakeSite({
      variables: [map({ fallback: [{ variable: 'arg_a' }], isVolatile })],
      locations: [
        location('/', {
          rewrite: [
            { kind: 'set', variable: 'before', value: body },
            { kind: 'set', variable: 'args', value: 'a=2' },
            { kind: 'return', status: 200, body: [{ variable: 'before' }, { variable: 'mapped' }] },
          ],
        }),
      ],
    });
    return site.ask('/?a=1').body;
  };
  deepEqual([made(false), made(true)], ['1 1', '1 2']);
  const circle = [
    map({ variable: 'a', source: [{ variable: 'b' }], fallback: [{ variable: 'b' }] }),
    map({ variable: 'b', source: [{ variable: 'a' }], fallback: [{ variable: 'a' }] }),
  ];
  equal(asked('a', '/', { variables: circle }), '');
});

test('geo takes the narrowest network, and believes proxies that it is told of', () => {
  const geo: DefinedVariable = {
    kind: 'geo',
    variable: 'country',
    source: [{ variable: 'arg_a' }],
    networks: [
      ['10.0.0.0/8', 'ten'],
      ['10.1.0.0/16', 'narrow'],
      ['10.1.2.3', 'host'],
      ['0.0.0.0/0', 'all'],
      ['2001:db8::/32', 'six'],
      ['192.168.0.10-192.168.0.20', 'range'],
    ],
    fallback: 'none',
    proxies: ['127.0.0.1'],
    isProxyRecursive: false,
    isVolatile: false,
  };
  const cases = {
    '10.2.0.1': 'ten',
    '10.1.9.9': 'narrow',
    '10.1.2.3': 'host',
    '8.8.8.8': 'all',
    '2001:db8::1': 'six',
    '2001:db9::1': 'none',
    '192.168.0.20': 'range',
    '192.168.0.21': 'all',
    '::ffff:10.1.2.3': 'host',
    // What is no address counts as the highest of IPv4.
    nonsense: 'all',
    'unix:': 'all',
  };
  for (const [address, expected] of Object.entries(cases)) {
    equal(asked('country', `/?a=${address}`, { variables: [geo] }), expected, address);
  }
  const fields = [['X-Forwarded-For', '9.9.9.9, 10.1.2.3']] as const;
  equal(asked('country', { path: '/', query: 'a=127.0.0.1', fields }, { variables: [geo] }), 'host');
  const broken = [['X-Forwarded-For', '10.1.2.3, unknown']] as const;
  equal(asked('country', { path: '/', query: 'a=127.0.0.1', fields: broken }, { variables: [geo] }), 'all');
});

test('split_clients divides by the hash', () => {
  const split: DefinedVariable = {
    kind: 'split',
    variable: 'half',
    source: [{ variable: 'arg_a' }],
    parts: [
      { share: 5000, value: 'one' },
      { share: undefined, value: 'two' },
    ],
  };
  const values = Array.from({ length: 200 }, (_, index) => asked('half', `/?a=${index}`, { variables: [split] }));
  const ones = values.filter((value) => value === 'one').length;
  equal(ones > 60 && ones < 140, true, String(ones));
});

test('a field that is added may be made of the response that it is added to', () => {
  const value = [
    { variable: 'sent_http_content_type' },
    ' ',
    { variable: 'status' },
    ' ',
    { variable: 'sent_http_content_length' },
  ] as const;
  const fields = [{ name: 'X-A', value, always: true, effect: 'add' }] as const;
  const site = new FakeSite({
    scopes: [{ fields: { fields, trailers: [], expires: undefined } }],
    locations: [location('/', { rewrite: [{ kind: 'return', status: 200, body: ['s', { variable: 'status' }] }] })],
  });
  const answered = site.ask('/a.html');
  deepEqual([answered.body, answered.field('x-a')], ['s200', 'text/html 200 4']);
});

test('a name behind a prefix that is set somewhere is what the prefix says until it is set', () => {
  const body = [{ variable: 'http_x' }] as const;
  const site = new FakeSite({
    locations: [
      location('/set', {
        rewrite: [
          { kind: 'set', variable: 'http_x', value: 'set' },
          { kind: 'return', status: 200, body },
        ],
      }),
      location('/', { rewrite: [{ kind: 'return', status: 200, body }] }),
    ],
  });
  const fields = [['X', 'sent']] as const;
  deepEqual([site.ask({ path: '/', fields }).body, site.ask({ path: '/set', fields }).body], ['sent', 'set']);
});
