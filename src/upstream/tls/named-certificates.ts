/**
 * Certificates whose names have variables: read when they are asked for, with the rights of the edge, as nginx's workers do. They are kept, and looked
 * at again when they may have changed. Behind `data:` stands the certificate itself.
 */

import { createPrivateKey } from 'node:crypto';
import { readFileSync, statSync } from 'node:fs';
import type { Outcome } from '../../kernel/outcome.ts';
import { failure, success } from '../../kernel/outcome.ts';
import { UPSTREAM_TLS_LIMITS } from './limits.ts';

export interface NamedCertificate {
  /** Another one for other files, and for the same ones when they have changed. */
  readonly id: string;
  readonly cert: string;
  readonly key: string;
}

interface Kept extends NamedCertificate {
  seenMs: number;
}

export class NamedCertificates {
  readonly #passwords: readonly string[];
  readonly #monotonicMs: () => number;
  readonly #kept = new Map<string, Kept>();

  constructor(passwords: readonly string[], monotonicMs: () => number) {
    this.#passwords = passwords;
    this.#monotonicMs = monotonicMs;
  }

  /** An absolute name behind a folder and `./` is taken for itself, and so is `data:`. */
  find(certPath: string, keyPath: string): Outcome<NamedCertificate> {
    const [certFile, keyFile] = [wholeName(certPath), wholeName(keyPath)];
    const names = `${certFile}\n${keyFile}`;
    const nowMs = this.#monotonicMs();
    const kept = this.#kept.get(names);
    if (kept !== undefined && nowMs - kept.seenMs < UPSTREAM_TLS_LIMITS.fileTrustMs) {
      return success(kept);
    }
    try {
      const id = `${names}\n${stampOf(certFile)} ${stampOf(keyFile)}`;
      if (kept?.id === id) {
        kept.seenMs = nowMs;
        return success(kept);
      }
      const fresh = { id, cert: textOf(certFile), key: this.#readKey(keyFile), seenMs: nowMs };
      this.#keep(names, fresh);
      return success(fresh);
    } catch (error) {
      return failure(faultOf(error, certFile));
    }
  }

  /** Of several passwords the one that opens the key. */
  #readKey(path: string): string {
    const pem = textOf(path);
    if (!pem.includes('ENCRYPTED')) {
      return pem;
    }
    for (const passphrase of this.#passwords) {
      try {
        return createPrivateKey({ key: pem, passphrase }).export({ type: 'pkcs8', format: 'pem' }).toString();
      } catch {
        // It is the password of another key.
      }
    }
    throw new Error(`no password opens the private key in ${path.startsWith(DATA) ? DATA : path}`);
  }

  #keep(names: string, fresh: Kept): void {
    this.#kept.delete(names);
    const [oldest] = this.#kept.keys();
    if (oldest !== undefined && this.#kept.size >= UPSTREAM_TLS_LIMITS.contextsMax) {
      this.#kept.delete(oldest);
    }
    this.#kept.set(names, fresh);
  }
}

const FOLDER = /^.*?\/\.\/(?=\/|data:)/;
const DATA = 'data:';

function wholeName(path: string): string {
  return path.replace(FOLDER, '');
}

function textOf(path: string): string {
  return path.startsWith(DATA) ? path.slice(DATA.length) : readFileSync(path, 'latin1');
}

function stampOf(path: string): string {
  if (path.startsWith(DATA)) {
    return '';
  }
  const status = statSync(path);
  if (!status.isFile() || status.size > UPSTREAM_TLS_LIMITS.fileBytesMax) {
    throw new Error(`${path} is not a file of a certificate or a key`);
  }
  const { dev, ino, mtimeMs, size } = status;
  return `${dev}:${ino}:${mtimeMs}:${size}`;
}

function faultOf(error: unknown, certFile: string): string {
  const { message, code, path = certFile } = error as NodeJS.ErrnoException;
  const reason = code === 'ENOENT' ? 'there is no such file' : code;
  return code === undefined ? message : `cannot load certificate "${path}": ${reason}`;
}
