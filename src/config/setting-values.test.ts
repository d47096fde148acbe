import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Outcome } from '../kernel/outcome.ts';
import {
  parseAssignment,
  parseChoice,
  parseCount,
  parseDuration,
  parseOctal,
  parsePeers,
  parseSize,
  parseSwitch,
  parseText,
  parseUrlFolder,
} from './setting-values.ts';

function reads<T>(parse: (text: string) => Outcome<T>, cases: Record<string, T | Error>): void {
  for (const [text, expected] of Object.entries(cases)) {
    const parsed = parse(text);
    if (expected instanceof Error) {
      assert.equal(parsed.ok, false, text);
    } else {
      assert.deepEqual(parsed, { ok: true, value: expected }, text);
    }
  }
}

const FAULT = new Error('a fault is expected');

test('parseCount() reads whole numbers within bounds', () => {
  reads(parseCount(1, 512), {
    '1': 1,
    '512': 512,
    '0': FAULT,
    '513': FAULT,
    '-1': FAULT,
    '1.5': FAULT,
    x: FAULT,
    '': FAULT,
  });
});

test('parseDuration() reads seconds and units', () => {
  reads(parseDuration(1), { '30': 30_000, '0.5': 500, '500ms': 500, '5m': 300_000, '2h': 7_200_000, '1d': 86_400_000 });
  reads(parseDuration(1), { '0': FAULT, '-1': FAULT, '5 m': FAULT, x: FAULT, '30d': FAULT });
  reads(parseDuration(0), { '0': 0 });
});

test('parseSize() reads bytes, or megabytes, and units', () => {
  reads(parseSize(''), {
    '0': 0,
    '1000': 1000,
    '1k': 1024,
    '1.5M': 1_572_864,
    '1G': 2 ** 30,
    '2GiB': 2 ** 31,
    '3mb': 3 * 2 ** 20,
    x: FAULT,
    '-1': FAULT,
  });
  reads(parseSize('m'), { '512': 512 * 2 ** 20, '1G': 2 ** 30 });
});

test('parseChoice() and parseSwitch() read words in any case', () => {
  reads<string>(parseChoice('combined', 'json'), { JSON: 'json', combined: 'combined', xml: FAULT });
  reads(parseSwitch, {
    '1': true,
    Yes: true,
    on: true,
    true: true,
    '0': false,
    no: false,
    OFF: false,
    false: false,
    '': false,
    maybe: FAULT,
  });
});

test('parseOctal() reads a umask', () => {
  reads(parseOctal, { '027': 0o27, '0o22': 0o22, '7': 7, '8': FAULT, x: FAULT });
});

test('parsePeers() reads addresses, blocks and the star', () => {
  reads<readonly string[]>(parsePeers, {
    '127.0.0.1,::1': ['127.0.0.1', '::1'],
    '10.0.0.0/8 fd00::/8': ['10.0.0.0/8', 'fd00::/8'],
    '*': ['*'],
    '10.0.0.0/33': FAULT,
    '10.0.0/8': FAULT,
    '1.2.3.4/8/8': FAULT,
    'example.org': FAULT,
  });
});

test('parseAssignment(), parseUrlFolder() and parseText() refuse what lacks a part', () => {
  reads<readonly [string, string]>(parseAssignment, { 'A=b=c': ['A', 'b=c'], 'A=': ['A', ''], A: FAULT, '=b': FAULT });
  reads(parseUrlFolder, {
    '/media/=/srv/m': { url: '/media/', root: '/srv/m' },
    '/media=m': { url: '/media/', root: 'm' },
    'media=/srv/m': FAULT,
    '/media/=': FAULT,
    '/media/': FAULT,
  });
  reads(parseText, { x: 'x', '': FAULT });
});
