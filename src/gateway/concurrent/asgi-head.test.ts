import { deepEqual, equal } from 'node:assert/strict';
import { test } from 'node:test';
import type { Exchange, Origin, TlsFacts } from '../../protocol/http/exchange.ts';
import { fieldBlock } from '../../protocol/http/fake-field-block.ts';
import type { Peer } from '../../protocol/http/peer.ts';
import { FRAME_LIMITS } from '../../protocol/lanes/frames.ts';
import { TLS_FACTS } from '../fake-tls-facts.ts';
import { renderAsgiHead } from './asgi-head.ts';

const PLAIN: Origin = {
  scheme: 'http',
  name: 'localhost',
  port: '8000',
  believed: 'none',
  isContradictory: false,
  tls: undefined,
};
const PEER = { front: undefined } as Peer;
const CLIENT = { subject: 'CN=Zoë\0,O=€', issuer: 'CN=Root', chain: ['-----BEGIN 1\n', '-----BEGIN 2\n'] };

function overTls(tls: TlsFacts): Origin {
  return { ...PLAIN, scheme: 'https', tls };
}

function headOf(lines: [string, string][], more: Partial<Exchange> = {}): { request: string[]; block: string[] } {
  const exchange = {
    method: 'GET',
    rawPath: '/p',
    query: 'q',
    host: 'h',
    version: 11,
    client: { address: '192.0.2.1', port: '99' },
    origin: PLAIN,
    requestId: 'id',
    scriptName: '',
    peer: PEER,
    hasTargetAuthority: false,
    block: fieldBlock(lines),
    ...more,
  } as Exchange;
  const { request, block } = renderAsgiHead(exchange);
  return { request: request.split('\0'), block: block.split('\0') };
}

/** The element between server port and fields, read as the worker reads it. */
function tlsOf(origin: Origin): unknown {
  const { block } = headOf([], { origin });
  equal(block.length, 6);
  return JSON.parse(Buffer.from(block[4] ?? '', 'latin1').toString());
}

test('renderAsgiHead() keeps what repeats apart from what is secret or of this request alone', () => {
  const { request, block } = headOf([
    ['Host', 'h'],
    ['Cookie', 'a=1'],
    ['X_User', 'spoof'],
    ['Accept', '*/*'],
    ['Content-Length', '5'],
  ]);
  deepEqual(block, ['http', '1.1', 'localhost', '8000', '', '', 'host', 'h', 'accept', '*/*']);
  deepEqual(request.slice(0, 5), ['GET', '/p', 'q', '192.0.2.1 99', 'id']);
  deepEqual(request.slice(5), ['1', 'cookie', 'a=1', '3', 'content-length', '5']);
});

test("renderAsgiHead() lets the target's authority and the true client rule", () => {
  const lines: [string, string][] = [
    ['Accept', '*/*'],
    ['Host', 'h'],
    ['X-Forwarded-For', '6.6.6.6'],
  ];
  const { request, block } = headOf(lines, { hasTargetAuthority: true, host: 'other:81' });
  deepEqual(block.slice(6), ['accept', '*/*']);
  deepEqual(request.slice(5), [
    ...['1', 'host', 'other:81'],
    ...['2', 'x-forwarded-for', '192.0.2.1'],
    ...['3', 'x-forwarded-proto', 'http'],
    ...['4', 'x-forwarded-host', 'other:81'],
  ]);
});

test('renderAsgiHead() tells of TLS before the fields', () => {
  const { block } = headOf([['Accept', '*/*']], { origin: overTls(TLS_FACTS) });
  deepEqual(
    [block.length, ...block.slice(0, 4), ...block.slice(6)],
    [...[8, 'https', '1.1', 'localhost', '8000'], ...['accept', '*/*']],
  );
  deepEqual(tlsOf(overTls(TLS_FACTS)), {
    client_cert_chain: [],
    client_cert_name: null,
    client_cert_error: null,
    tls_version: 0x0304,
    cipher_suite: 0x1301,
  });
});

test('renderAsgiHead() tells of the certificate of a client, whatever its names hold', () => {
  const unknown = { ...TLS_FACTS, version: undefined, cipherSuite: undefined, client: CLIENT };
  deepEqual(tlsOf(overTls(unknown)), {
    client_cert_chain: CLIENT.chain,
    client_cert_name: CLIENT.subject,
    client_cert_error: null,
    tls_version: null,
    cipher_suite: null,
  });
});

test('renderAsgiHead() never tells of another connection that has sent the same fields', () => {
  const block = fieldBlock([['Accept', '*/*']]);
  const origins = [PLAIN, overTls(TLS_FACTS), overTls({ ...TLS_FACTS, client: CLIENT }), PLAIN];
  const elements = origins.map((origin) => headOf([], { block, origin }).block[4] ?? '');
  deepEqual(
    elements.map((element) => [element === '', element.includes('BEGIN 1')]),
    [
      [true, false],
      [false, false],
      [false, true],
      [true, false],
    ],
  );
});

test('renderAsgiHead() drops the family of forwarded fields that is not read, and says nothing in its place', () => {
  const lines: [string, string][] = [
    ['Forwarded', 'for=6.6.6.6'],
    ['X-Forwarded-For', '192.0.2.9'],
  ];
  const fieldsWith = (believed: Origin['believed']): string[] => {
    const { request, block } = headOf(lines, { origin: { ...PLAIN, believed } });
    return [...block.slice(6), ...request.slice(5)];
  };
  deepEqual(fieldsWith('x-forwarded'), ['x-forwarded-for', '192.0.2.9']);
  deepEqual(fieldsWith('forwarded'), ['forwarded', 'for=6.6.6.6']);
  deepEqual(fieldsWith('none').slice(0, 3), ['0', 'x-forwarded-for', '192.0.2.1']);
});

test('renderAsgiHead() renders what was agreed upon once for a connection', () => {
  let readCount = 0;
  const facts: TlsFacts = {
    ...TLS_FACTS,
    get client() {
      readCount += 1;
      return CLIENT;
    },
  };
  const origin = overTls(facts);
  for (const value of ['a', 'b', 'c']) {
    headOf([['X-Each', value]], { origin });
  }
  headOf([], { origin: { ...origin, believed: 'x-forwarded' } });
  equal(readCount, 1);
});

test('renderAsgiHead() gives each block part a slot of its own, and none to one that is too long', () => {
  const slotOf = (lines: [string, string][]): number | undefined => {
    const block = fieldBlock(lines);
    const exchange = {
      version: 11,
      client: PLAIN,
      origin: PLAIN,
      peer: PEER,
      hasTargetAuthority: false,
      block,
    } as unknown as Exchange;
    const { slot } = renderAsgiHead(exchange);
    equal(renderAsgiHead(exchange).slot, slot, 'the same each time');
    return slot;
  };
  const slots = Array.from({ length: FRAME_LIMITS.blockSlots }, (_, index) => slotOf([['x', String(index)]]));
  equal(new Set(slots).size, FRAME_LIMITS.blockSlots);
  equal(slotOf([['x', 'again from the first']]), slots[0]);
  equal(slotOf([['x', 'y'.repeat(FRAME_LIMITS.keptBlockBytesMax)]]), FRAME_LIMITS.blockSlots);
});

test('renderAsgiHead() names the version that the request came in, as ASGI does', () => {
  const named = ([10, 11, 20] as const).map((version) => headOf([], { version }).block[1]);
  deepEqual(named, ['1.0', '1.1', '2']);
});

test('renderAsgiHead() says where the application is mounted, and renders the fields anew for another mount', () => {
  const lines: [string, string][] = [['Accept', '*/*']];
  const mounted = headOf(lines, { scriptName: '/shop', rawPath: '/shop/a' });
  deepEqual(mounted.block.slice(4), ['', '/shop', 'accept', '*/*']);
  equal(mounted.request[1], '/shop/a', 'the path is the whole one');
  const block = fieldBlock(lines);
  deepEqual(
    ['/a', '/b', ''].map((scriptName) => headOf([], { block, scriptName }).block[5]),
    ['/a', '/b', ''],
  );
});

test('renderAsgiHead() puts what a server in front has taken away before the path, and its mount before that of a location', () => {
  const headBehind = (takenAway: string, more: Partial<Exchange> = {}, isPathEmpty = false) => {
    const front = { scriptName: '/a b', takenAway, isPathEmpty, target: '', variables: '\0REMOTE_USER\0kim' };
    const { request, block } = headOf([], { peer: { front } as Peer, ...more });
    return [request[1], block[5]];
  };
  deepEqual(headBehind('/a%20b'), ['/a%20b/p', '/a b']);
  deepEqual(headBehind(''), ['/p', '/a b']);
  deepEqual(headBehind('/a%20b', { scriptName: '/p' }), ['/a%20b/p', '/a b/p']);
  deepEqual(headBehind('/a%20b', { rawPath: '/' }, true), ['/a%20b', '/a b']);
});
