/** What nginx 1.22.1 has answered to the same requests with the same servers. */

import { equal } from 'node:assert/strict';
import { test } from 'node:test';
import type { Balancing } from '../../../config/model/upstream.ts';
import type { PeerRequest } from '../../peer-choice.ts';
import { chosen, fakeGroup, fakeRequest, fakeServer } from '../fake-upstream.ts';

const [A, B, C] = ['127.0.0.1:19101', '127.0.0.1:19102', '127.0.0.1:19103'] as const;
const LETTERS: Readonly<Record<string, string>> = { [A]: 'a', [B]: 'b', [C]: 'c' };
const IP_HASH: Balancing = { kind: 'ip-hash' };
const HASH: Balancing = { kind: 'hash', key: [{ variable: 'arg_k' }], isConsistent: false };
const CONSISTENT: Balancing = { kind: 'hash', key: [{ variable: 'arg_k' }], isConsistent: true };

const TWELVE = Array.from({ length: 12 }, (_, index) => index);
const CLIENTS = [
  ...TWELVE.map((index) => `10.${(index * 7) % 256}.${(index * 31) % 256}.7`),
  ...TWELVE.map((index) => `2001:db8::${(index * 77).toString(16)}`),
].map((clientAddress) => fakeRequest({ clientAddress }));
const KEYS = Array.from({ length: 24 }, (_, index) => fakeRequest({ variable: () => `key${index}` }));
const ANY = Array.from({ length: 21 }, () => fakeRequest());

function choices(requests: readonly PeerRequest[], balancing: Balancing, isDown: boolean): string {
  const servers = [fakeServer(A), fakeServer(B, { weight: 2, isDown }), fakeServer(C)];
  const { group } = fakeGroup(servers, { balancing });
  return requests.map((request) => LETTERS[chosen(group, 1, request)]).join('');
}

test('clients and keys have the servers that they have with nginx', () => {
  for (const [requests, balancing, isDown, expected] of [
    [CLIENTS, IP_HASH, false, 'bcbcbabababacabbabbabbab'],
    [CLIENTS, IP_HASH, true, 'ccaccacaaacacaacacaacaaa'],
    [KEYS, HASH, false, 'cabbbbacacacbbbbcacabbca'],
    [KEYS, HASH, true, 'caccccacacaccaaccacaacca'],
    [KEYS, CONSISTENT, false, 'bbbbbcbabbabaaccbabbcacc'],
    [KEYS, CONSISTENT, true, 'acccccaaacaaaacccaaacacc'],
  ] as const) {
    equal(choices(requests, balancing, isDown), expected, JSON.stringify(balancing));
  }
});

test('servers take turns as they do with nginx', () => {
  for (const [weights, expected] of [
    [[5, 1, 1], 'aabacaaaabacaaaabacaa'],
    [[3, 2], 'ababaababaababaababaa'],
  ] as const) {
    const servers = weights.map((weight, index) => fakeServer([A, B, C][index] ?? '', { weight }));
    const { group } = fakeGroup(servers);
    equal(ANY.map((request) => LETTERS[chosen(group, 1, request)]).join(''), expected);
  }
});

test('a key that is empty, and a client without an address, are taken too', () => {
  const servers = [fakeServer(A), fakeServer(B)];
  for (const balancing of [HASH, CONSISTENT]) {
    equal(chosen(fakeGroup(servers, { balancing }).group, 3, fakeRequest()), `${A} ${B} ${A}`);
  }
  const { group } = fakeGroup(servers, { balancing: IP_HASH });
  equal(new Set(chosen(group, 4, fakeRequest({ clientAddress: 'unix:' })).split(' ')).size, 1);
});
