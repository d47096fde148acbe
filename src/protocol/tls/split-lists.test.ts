import { deepEqual } from 'node:assert/strict';
import { test } from 'node:test';
import { splitLists } from './split-lists.ts';

const list = (body: string): string => `-----BEGIN X509 CRL-----\n${body}\n-----END X509 CRL-----`;

test('each list of revoked certificates of a file is one of its own', () => {
  deepEqual(splitLists(`# of the root\n${list('AA==')}\n${list('BB==')}\n`), [list('AA=='), list('BB==')]);
});

test('what holds no list is for OpenSSL to refuse', () => {
  deepEqual(splitLists('nothing'), ['nothing']);
});
