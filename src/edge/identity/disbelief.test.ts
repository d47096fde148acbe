import { deepEqual, equal, match } from 'node:assert/strict';
import { test } from 'node:test';
import { fieldBlock } from '../../protocol/http/fake-field-block.ts';
import type { ForwardedFamily } from '../../protocol/http/forwarded-fields.ts';
import { EDGE_LIMITS } from '../limits.ts';
import { Disbelief, FirstNames } from './disbelief.ts';

const NOTHING = { address: undefined, port: '', scheme: undefined, fault: undefined };

test('FirstNames takes each name once, and few in all', () => {
  const names = new FirstNames(2);
  deepEqual(
    ['a', 'a', 'b', 'c', 'a'].map((name) => names.take(name)),
    [true, false, true, false, false],
  );
});

function newDisbelief(family: ForwardedFamily = 'x-forwarded'): { disbelief: Disbelief; told: string[] } {
  const told: string[] = [];
  const allowed = ['127.0.0.1', '::1'];
  return { disbelief: new Disbelief({ family, allowed, onAdvice: (_, text) => told.push(text) }), told };
}

test('Disbelief tells once of each peer that would be somebody else, or come by another scheme', () => {
  const { disbelief, told } = newDisbelief();
  disbelief.tell('172.17.0.1', 'http', { ...NOTHING, scheme: 'https' });
  disbelief.tell('172.17.0.1', 'http', { ...NOTHING, scheme: 'https' });
  disbelief.tell('172.17.0.2', 'http', { ...NOTHING, address: '192.0.2.1' });
  equal(told.length, 2);
  match(
    told[0] ?? '',
    /^172\.17\.0\.1 says that its client came by https.*--forwarded-allow-ips is 127\.0\.0\.1, ::1\./,
  );
  match(told[1] ?? '', /^172\.17\.0\.2 says that it speaks for another client/);
});

test('Disbelief does not tell what would make no difference', () => {
  const { disbelief, told } = newDisbelief();
  disbelief.tell('172.17.0.1', 'http', NOTHING);
  disbelief.tell('172.17.0.1', 'http', { ...NOTHING, scheme: 'http' });
  deepEqual([told, disbelief.mayTell('172.17.0.1')], [[], true]);
});

test('Disbelief names few of a million peers', () => {
  const { disbelief, told } = newDisbelief();
  for (let peer = 0; peer < 1_000_000; peer += 1) {
    const address = `${peer}`;
    if (disbelief.mayTell(address)) disbelief.tell(address, 'http', { ...NOTHING, scheme: 'https' });
  }
  equal(told.length, EDGE_LIMITS.disbelievedPeersMax);
});

test('Disbelief tells once that a trusted peer speaks in fields that are not read', () => {
  const standard = fieldBlock([['Forwarded', 'for=192.0.2.1']]);
  const usual = fieldBlock([['X-Forwarded-For', '192.0.2.1']]);
  const first = newDisbelief();
  for (const block of [usual, standard, standard]) first.disbelief.tellUnread('', block, NOTHING);
  equal(first.told.length, 1);
  match(first.told[0] ?? '', /Unix socket sends Forwarded, which is not read: --forwarded-fields is x-forwarded\./);
  const second = newDisbelief('forwarded');
  for (const block of [usual, standard, usual]) second.disbelief.tellUnread('127.0.0.1', block, NOTHING);
  equal(second.told.length, 1);
  match(second.told[0] ?? '', /^127\.0\.0\.1 sends X-Forwarded-For, .* write x-forwarded there/);
});

test('Disbelief tells once that a trusted peer sets X-Real-IP alone, however many strangers were named before', () => {
  const { disbelief, told } = newDisbelief();
  for (let peer = 0; peer < 100; peer += 1) disbelief.tell(`${peer}`, 'http', { ...NOTHING, scheme: 'https' });
  told.length = 0;
  const block = fieldBlock([['X-Real-IP', '192.0.2.1']]);
  disbelief.tellUnread('127.0.0.1', fieldBlock([['Forwarded', 'for=192.0.2.1']]), { ...NOTHING, scheme: 'https' });
  for (let turn = 0; turn < 2; turn += 1) disbelief.tellUnread('127.0.0.1', block, { ...NOTHING, scheme: 'https' });
  equal(told.length, 1);
  match(told[0] ?? '', /^127\.0\.0\.1 sends X-Real-IP, which is not read: .* Have the proxy set X-Forwarded-For/);
  const standard = newDisbelief('forwarded');
  standard.disbelief.tellUnread('127.0.0.1', block, NOTHING);
  deepEqual(standard.told, []);
});
