import { deepEqual, equal, match } from 'node:assert/strict';
import { test } from 'node:test';
import { Disbelief, FirstNames, renderDisbelief } from './disbelief.ts';
import { EDGE_LIMITS } from './limits.ts';

const NOTHING = { address: undefined, port: '', scheme: undefined, fault: undefined };

test('FirstNames takes each name once, and few in all', () => {
  const names = new FirstNames(2);
  deepEqual(
    ['a', 'a', 'b', 'c', 'a'].map((name) => names.take(name)),
    [true, false, true, false, false],
  );
});

test('Disbelief tells once of each peer that would be somebody else, or come by another scheme', () => {
  const told: string[] = [];
  const disbelief = new Disbelief((address, claim) => told.push(`${address}: ${claim}`));
  disbelief.tell('172.17.0.1', 'http', { ...NOTHING, scheme: 'https' });
  disbelief.tell('172.17.0.1', 'http', { ...NOTHING, scheme: 'https' });
  disbelief.tell('172.17.0.2', 'http', { ...NOTHING, address: '192.0.2.1' });
  deepEqual(told, ['172.17.0.1: its client came by https', '172.17.0.2: it speaks for another client']);
});

test('Disbelief does not tell what would make no difference', () => {
  const disbelief = new Disbelief(() => equal(true, false));
  disbelief.tell('172.17.0.1', 'http', NOTHING);
  disbelief.tell('172.17.0.1', 'http', { ...NOTHING, scheme: 'http' });
  equal(disbelief.mayTell('172.17.0.1'), true);
});

test('Disbelief names few of a million peers', () => {
  let told = 0;
  const disbelief = new Disbelief(() => {
    told += 1;
  });
  for (let peer = 0; peer < 1_000_000; peer += 1) {
    const address = `${peer}`;
    if (disbelief.mayTell(address)) disbelief.tell(address, 'http', { ...NOTHING, scheme: 'https' });
  }
  equal(told, EDGE_LIMITS.disbelievedPeersMax);
});

test('renderDisbelief() names the peer and the flag', () => {
  const text = renderDisbelief('172.17.0.1', 'its client came by https', ['127.0.0.1', '::1']);
  match(text, /^172\.17\.0\.1 says .*--forwarded-allow-ips is 127\.0\.0\.1, ::1\./);
  match(renderDisbelief('172.17.0.1', 'x', []), /is nobody/);
});
