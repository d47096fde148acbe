import { equal } from 'node:assert/strict';
import { test } from 'node:test';
import { fieldBlock } from '../../protocol/http/fake-field-block.ts';
import { readScheme, toScheme } from './forwarded-scheme.ts';

const schemeOf = (...lines: [string, string][]): string | undefined => readScheme(fieldBlock(lines));

test('readScheme() takes the scheme from each of the fields that proxies use', () => {
  for (const value of ['https', 'HTTPS', ' wss ', 'ssl']) equal(schemeOf(['X-Forwarded-Proto', value]), 'https', value);
  for (const value of ['http', 'ws']) equal(schemeOf(['X-Forwarded-Proto', value]), 'http', value);
  equal(schemeOf(['X-Forwarded-Protocol', 'ssl']), 'https');
  equal(schemeOf(['X-Forwarded-Ssl', 'on']), 'https');
  equal(schemeOf(['X-Forwarded-Ssl', 'off']), 'http');
});

test('readScheme() accepts fields and lists that agree', () => {
  equal(schemeOf(['X-Forwarded-Proto', 'https, https,'], ['X-Forwarded-Ssl', 'on'], ['X-Scheme', 'https']), 'https');
  equal(schemeOf(['X-Forwarded-Proto', 'http'], ['X-Forwarded-Proto', 'http'], ['Front-End-Https', 'off']), 'http');
});

test('readScheme() finds every contradiction', () => {
  const fields: [string, string][][] = [
    [['X-Forwarded-Proto', 'https, http']],
    [['X-Forwarded-Proto', 'http,https']],
    [['X-Forwarded-Proto', 'https,gopher']],
    [
      ['X-Forwarded-Proto', 'http'],
      ['x-forwarded-proto', 'https'],
    ],
    ...['X-Forwarded-Ssl: on', 'X-Forwarded-Protocol: ssl', 'X-Forwarded-Scheme: https', 'X-Scheme: https'].map(
      (line): [string, string][] => [['X-Forwarded-Proto', 'http'], line.split(': ') as [string, string]],
    ),
    [
      ['Front-End-Https', 'on'],
      ['X-Forwarded-Proto', 'http'],
    ],
    [
      ['X-Forwarded-Proto', 'https'],
      ['X-Forwarded-Ssl', 'off'],
    ],
  ];
  for (const lines of fields) equal(schemeOf(...lines), 'contradictory', JSON.stringify(lines));
});

test('readScheme() takes nothing from what it does not understand, nor from fields that are only compared', () => {
  equal(schemeOf(), undefined);
  equal(schemeOf(['X-Forwarded-Proto', '']), undefined);
  equal(schemeOf(['X-Forwarded-Proto', 'gopher']), undefined);
  equal(schemeOf(['X-Scheme', 'https']), undefined);
  equal(schemeOf(['X-Forwarded-Ssl', 'https']), undefined);
});

test('toScheme() knows the names of schemes', () => {
  equal(toScheme('Https'), 'https');
  equal(toScheme('ws'), 'http');
  equal(toScheme('coap'), undefined);
  equal(toScheme(undefined), undefined);
});
