import assert from 'node:assert/strict';
import { test } from 'node:test';
import { readServeRequest } from './read.ts';
import { tlsFault } from './tls-settings.ts';

function faultOf(...args: string[]): string | undefined {
  const { request } = readServeRequest(args, { env: {}, coreCount: 2 });
  assert.ok(request);
  return tlsFault(request.options);
}

test('tlsFault() tells of settings that do nothing without a certificate', () => {
  const cases: [string[], RegExp][] = [
    [['--keyfile', 'k'], /private key is said, but without a certificate/],
    [['--ca-certs', 'ca'], /clients need a certificate is said/],
    [['--cert-reqs', 'required'], /clients need a certificate is said/],
    [['--ciphers', 'HIGH'], /cipher suites is said/],
    [['--insecure-bind', 'unix:/s'], /an address without TLS is said/],
    [['--certfile', 'c', '--cert-reqs', 'required'], /not said who signs them/],
  ];
  for (const [args, told] of cases) {
    assert.match(faultOf(...args) ?? '', told, args.join(' '));
  }
  assert.equal(faultOf(), undefined);
  assert.equal(faultOf('--certfile', 'c', '--ca-certs', 'ca', '--cert-reqs', 'required'), undefined);
});
