import { deepEqual, equal } from 'node:assert/strict';
import { test } from 'node:test';
import { fieldBlock } from '../../protocol/http/fake-field-block.ts';
import { EDGE_LIMITS } from '../limits.ts';
import type { ForwardedClient } from './forwarded.ts';
import { ForwardedReader } from './forwarded.ts';
import { TrustedPeers } from './trusted-peers.ts';

type Lines = readonly (readonly [string, string])[];

const PEERS = new TrustedPeers(['127.0.0.1', '10.0.0.0/8', '::1']);
const NOTHING = { address: undefined, port: '', scheme: undefined };

const read = (...lines: Lines): ForwardedClient => new ForwardedReader('x-forwarded', PEERS).read(fieldBlock(lines));
const readStandard = (...values: string[]): ForwardedClient =>
  new ForwardedReader('forwarded', PEERS).read(fieldBlock(values.map((value) => ['Forwarded', value])));
const chain = (text: string): string | undefined => read(['X-Forwarded-For', text]).address;

test('a chain ends at the rightmost address that is not a trusted proxy', () => {
  deepEqual(read(['X-Forwarded-For', '6.6.6.6, 192.0.2.9, 10.1.1.1'], ['X-Forwarded-Proto', 'https']), {
    address: '192.0.2.9',
    port: '',
    scheme: 'https',
    fault: undefined,
  });
  equal(chain('10.0.0.1,10.0.0.2'), '10.0.0.1');
  equal(chain('6.6.6.6,192.0.2.1,::ffff:10.0.0.3'), '192.0.2.1');
});

test('a chain goes on in the next field of the name', () => {
  const { address, port } = read(['X-Forwarded-For', '6.6.6.6'], ['x-forwarded-for', '[2001:DB8::1]:99']);
  deepEqual([address, port], ['2001:db8::1', '99']);
});

test('an entry of X-Forwarded-For is read in every form that proxies write', () => {
  for (const [text, address] of [
    ['192.0.2.1', '192.0.2.1'],
    ['192.0.2.1:4711', '192.0.2.1'],
    ['2001:db8::1', '2001:db8::1'],
    ['[2001:db8::1]', '2001:db8::1'],
    ['"[2001:db8::1]:80"', '2001:db8::1'],
    ['\t192.0.2.1 ', '192.0.2.1'],
    ['::ffff:192.0.2.1', '192.0.2.1'],
  ] as const)
    equal(chain(`6.6.6.6, ${text}`), address, text);
});

test('nothing is believed beyond an entry that is no address', () => {
  for (const text of [
    'unknown',
    '_hidden',
    'evil',
    '',
    ' ',
    'fe80::1%eth0',
    '192.0.2.1:x',
    '192.0.2.1:99999',
    '010.0.0.1',
    '"',
    '192.0.2.1;',
    '\xa0192.0.2.1',
  ]) {
    equal(chain(text), undefined, text);
    equal(chain(`6.6.6.6,${text}`), undefined, text);
    equal(chain(`6.6.6.6,${text},10.0.0.1`), '10.0.0.1', text);
  }
});

test('a chain is followed for so many hops and no further', () => {
  const hops = Array.from({ length: EDGE_LIMITS.forwardedHopsMax }, (_, index) => `10.0.0.${index + 1}`);
  equal(chain(`6.6.6.6,${hops.join(',')}`), '10.0.0.1');
  equal(chain(`6.6.6.6,${hops.slice(1).join(',')}`), '6.6.6.6');
});

test('the family that is not read says nothing', () => {
  deepEqual(read(['Forwarded', 'for=6.6.6.6;proto=https']), { ...NOTHING, fault: undefined });
  const reader = new ForwardedReader('forwarded', PEERS);
  deepEqual(
    reader.read(
      fieldBlock([
        ['X-Forwarded-For', '6.6.6.6'],
        ['X-Forwarded-Proto', 'https'],
      ]),
    ),
    {
      ...NOTHING,
      fault: undefined,
    },
  );
  const both = fieldBlock([
    ['X-Forwarded-For', '6.6.6.6'],
    ['Forwarded', 'for=6.6.6.6'],
  ]);
  deepEqual(new ForwardedReader('none', PEERS).read(both), { ...NOTHING, fault: undefined });
});

test('a contradiction about the scheme leaves the address as it is', () => {
  deepEqual(read(['X-Forwarded-For', '192.0.2.1'], ['X-Forwarded-Proto', 'https,http']), {
    address: '192.0.2.1',
    port: '',
    scheme: undefined,
    fault: 'contradictory',
  });
});

test('Forwarded is read from its end, to the first element whose client is not a trusted proxy', () => {
  deepEqual(readStandard('for=6.6.6.6, for="[2001:db8:cafe::17]:4711";proto=https'), {
    address: '2001:db8:cafe::17',
    port: '4711',
    scheme: 'https',
    fault: undefined,
  });
  equal(readStandard('for=6.6.6.6', 'for=192.0.2.1', 'for=10.0.0.1').address, '192.0.2.1');
  deepEqual(readStandard('for="192.0.2.1:_port"'), { ...NOTHING, address: '192.0.2.1', fault: undefined });
});

test('the scheme of Forwarded is that of the client, as far as trusted proxies tell it', () => {
  const scheme = (text: string): string | undefined => readStandard(text).scheme;
  equal(scheme('for=192.0.2.1;proto=https, for=10.0.0.1;proto=http'), 'https');
  equal(scheme('for=192.0.2.1, for=10.0.0.1;proto=https'), 'https');
  equal(scheme('for=6.6.6.6;proto=https, for=192.0.2.1;proto=http'), 'http');
  equal(scheme('proto=https, for=192.0.2.1'), undefined);
  equal(scheme('proto=https'), 'https');
  equal(scheme('for=unknown;proto=https'), 'https');
  equal(scheme('for=192.0.2.1;proto=coap'), undefined);
});

test('an element that hides or leaves out its client ends what is known', () => {
  for (const element of ['for=unknown', 'for=_hidden', 'by=10.0.0.1', ';']) {
    equal(readStandard(`for=6.6.6.6, ${element}`).address, undefined, element);
    equal(readStandard(`for=6.6.6.6, ${element}, for=10.0.0.1`).address, '10.0.0.1', element);
  }
});

test('a quoted string hides nothing, and what is malformed anywhere is believed in nothing', () => {
  equal(readStandard('for=1.2.3.4;host="a,for=6.6.6.6;x="').address, '1.2.3.4');
  for (const text of [
    ...['for=1.2.3.4;for=6.6.6.6', 'for=6.6.6.6;proto=https;proto=http', 'for=1.2.3.4, for="', 'for="a, for=1.2.3.4'],
    ...[
      'for=evil',
      'for=evil, for=1.2.3.4',
      'for="2001:db8::1"',
      'for="[fe80::1%25eth0]"',
      'for=1.2.3.4:80',
      'for=300.1.1.1',
    ],
  ])
    deepEqual(readStandard(text), { ...NOTHING, fault: 'malformed' }, text);
});

test('a block is read once', () => {
  const reader = new ForwardedReader('x-forwarded', PEERS);
  const block = fieldBlock([['X-Forwarded-For', '192.0.2.1']]);
  equal(reader.read(block), reader.read(block));
});
