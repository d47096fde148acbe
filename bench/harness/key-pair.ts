import { execFileSync } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { KeyPair } from '../servers/kind.ts';

export type KeyKind = 'ECDSA' | 'RSA-2048';

const KEY_OPTIONS: Readonly<Record<KeyKind, readonly string[]>> = {
  ECDSA: ['ec', '-pkeyopt', 'ec_paramgen_curve:prime256v1'],
  'RSA-2048': ['rsa:2048'],
};

/** A key and a certificate that is signed by itself, in a folder of the case. */
export function makeKeyPair(folder: string, kind: KeyKind): KeyPair {
  const pair = placeOf(folder, kind);
  // Clients that ask by the address send no name, and some servers look for one that fits then.
  const names = ['-subj', '/CN=localhost', '-addext', 'subjectAltName=DNS:localhost,IP:127.0.0.1'];
  const files = ['-keyout', pair.key, '-out', pair.certificate];
  execFileSync(
    'openssl',
    ['req', '-x509', '-newkey', ...KEY_OPTIONS[kind], '-nodes', '-days', '30', ...names, ...files],
    { stdio: 'ignore' },
  );
  writeFileSync(pair.both, readFileSync(pair.certificate, 'utf8') + readFileSync(pair.key, 'utf8'));
  return pair;
}

/** Where they lie. */
export function placeOf(folder: string, kind: KeyKind): KeyPair {
  return {
    certificate: join(folder, `${kind}.pem`),
    key: join(folder, `${kind}.key`),
    both: join(folder, `${kind}-both.pem`),
  };
}
