import { deepEqual } from 'node:assert/strict';
import { test } from 'node:test';
import { HTTP_VERSION, protocolName, versionNumber } from './version.ts';

test('protocolName() has two numbers, versionNumber() those that the version calls itself by', () => {
  const versions = Object.values(HTTP_VERSION);
  deepEqual(versions.map(protocolName), ['HTTP/1.0', 'HTTP/1.1', 'HTTP/2.0', 'HTTP/3.0']);
  deepEqual(versions.map(versionNumber), ['1.0', '1.1', '2', '3']);
});
