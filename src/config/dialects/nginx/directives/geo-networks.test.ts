import assert from 'node:assert/strict';
import { test } from 'node:test';
import { GeoNetworks } from './geo-networks.ts';

test('a network that is said again has its last value, however it is written', () => {
  const networks = new GeoNetworks();
  networks.set('10.0.0.0/8', 'a');
  networks.set('192.0.2.1', 'b');
  networks.set('10.1.2.3/8', 'c');
  networks.set('10.0.0.0-10.255.255.255', 'd');
  assert.deepEqual(networks.entries, [
    ['192.0.2.1', 'b'],
    ['10.0.0.0-10.255.255.255', 'd'],
  ]);
});

test('a network is taken back as a whole', () => {
  const networks = new GeoNetworks();
  networks.set('10.0.0.0/8', 'a');
  assert.equal(networks.delete('10.0.0.0/9'), false);
  assert.equal(networks.delete('10.0.0.0/8'), true);
  assert.deepEqual(networks.entries, []);
});

test('pieces into which ranges have cut each other are taken back one by one', () => {
  const networks = new GeoNetworks();
  networks.set('127.0.0.0-127.0.0.255', 'a');
  networks.set('127.0.0.1-127.0.0.1', 'b');
  assert.equal(networks.delete('127.0.0.5-127.0.0.6'), false, 'nothing begins or ends there');
  assert.equal(networks.delete('127.0.0.0-127.0.0.1'), false, 'two pieces');
  assert.equal(networks.delete('127.0.0.0-127.0.0.0'), true);
  assert.deepEqual(networks.entries, [
    ['127.0.0.1-127.0.0.255', 'a'],
    ['127.0.0.1-127.0.0.1', 'b'],
  ]);
  assert.equal(networks.delete('127.0.0.2-127.0.0.255'), true);
  assert.equal(networks.delete('127.0.0.1-127.0.0.1'), true);
  assert.deepEqual(networks.entries, []);
});

test('a range over several slices can be taken back whole, or by a slice', () => {
  const networks = new GeoNetworks();
  networks.set('10.10.3.0-10.12.2.255', 'a');
  assert.equal(networks.delete('10.11.0.0-10.11.255.255'), true);
  assert.deepEqual(networks.entries, [
    ['10.10.3.0-10.10.255.255', 'a'],
    ['10.12.0.0-10.12.2.255', 'a'],
  ]);
});
