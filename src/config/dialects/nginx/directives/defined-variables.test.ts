import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { DefinedVariable } from '../../../model/variables.ts';
import { inHttp, readText } from '../fake-files.ts';
import { definedVariablesOf } from './defined-variables.ts';

function defined(text: string): readonly DefinedVariable[] {
  return definedVariablesOf(readText(`events {} http { ${text} }`).draft, 'http');
}

test('a map has its exact keys, its regexes in their order, and what is left', () => {
  assert.deepEqual(
    defined(
      String.raw`map $uri$host $a { hostnames; volatile; default d$uri; *.example.com w; ~^/x(?<n>.) "$n!"; ~*Y y; \default e; "" empty; }`,
    ),
    [
      {
        kind: 'map',
        variable: 'a',
        source: [{ variable: 'uri' }, { variable: 'host' }],
        hasHostnames: true,
        isVolatile: true,
        exact: [
          ['*.example.com', 'w'],
          ['default', 'e'],
          ['', 'empty'],
        ],
        patterns: [
          [{ text: '^/x(?<n>.)', isCaseless: false }, [{ variable: 'n' }, '!']],
          [{ text: 'Y', isCaseless: true }, 'y'],
        ],
        fallback: ['d', { variable: 'uri' }],
      },
    ],
  );
});

test('a geo has networks that were not taken back, and the address of its client', () => {
  assert.deepEqual(
    defined(
      'geo $a { default 0; 10.0.0.0/8 1; 10.0.0.0/8 2; 192.0.2.1 3; delete 192.0.2.1; proxy 127.0.0.1; proxy_recursive; }',
    ),
    [
      {
        kind: 'geo',
        variable: 'a',
        source: [{ variable: 'remote_addr' }],
        networks: [['10.0.0.0/8', '2']],
        fallback: '0',
        proxies: ['127.0.0.1'],
        isProxyRecursive: true,
        isVolatile: false,
      },
    ],
  );
  assert.deepEqual(
    defined('geo $arg_ip $b { ranges; 127.0.0.0-127.0.0.9 x; }').map(
      (one) => one.kind === 'geo' && [one.source, one.networks],
    ),
    [[[{ variable: 'arg_ip' }], [['127.0.0.0-127.0.0.9', 'x']]]],
  );
});

test('shares are hundredths of a percent, and what is left has none', () => {
  assert.deepEqual(defined('split_clients $remote_addr $v { 0.5% a; 51.2% b; * c; }'), [
    {
      kind: 'split',
      variable: 'v',
      source: [{ variable: 'remote_addr' }],
      parts: [
        { share: 50, value: 'a' },
        { share: 5120, value: 'b' },
        { share: undefined, value: 'c' },
      ],
    },
  ]);
  assert.deepEqual(inHttp('split_clients $uri $v { 60% a; 50% b; }'), ['1:18 percent total is greater than 100%']);
});
