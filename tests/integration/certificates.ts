// An authority and what it signs, made by the openssl program in a folder of the test.

import { execFileSync } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

export interface Issued {
  /** Paths of PEM files. */
  readonly cert: string;
  readonly key: string;
}

export interface Wish {
  /** As openssl takes it: `/O=Example/CN=web`. */
  readonly subject?: string;
  readonly extensions?: string;
  /** Who signs it, if not the authority itself. */
  readonly by?: Issued;
  /** Encrypts the key. */
  readonly password?: string;
  /** What openssl makes a key of; ECDSA otherwise. */
  readonly keyKind?: readonly string[];
  readonly digest?: 'sha1' | 'sha256';
}

const SITE_NAMES = 'subjectAltName=DNS:site.test,DNS:localhost,IP:127.0.0.1';
const KEY_KIND = ['-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:prime256v1'];

export class Authority implements Issued {
  readonly cert: string;
  readonly key: string;
  readonly #folder: string;
  readonly #name: string;

  /** `issued`: an authority below another one, which has signed it. */
  constructor(folder: string, name = 'ca', issued?: Issued) {
    this.#folder = folder;
    this.#name = name;
    if (issued !== undefined) {
      this.cert = issued.cert;
      this.key = issued.key;
      return;
    }
    this.cert = join(folder, `${name}.pem`);
    this.key = join(folder, `${name}.key`);
    openssl(
      ['req', '-x509', ...KEY_KIND, '-nodes', '-subj', `/CN=${name}`, '-days', '30'],
      ['-keyout', this.key, '-out', this.cert],
    );
  }

  issue(name: string, wish: Wish = {}): Issued {
    const { subject = `/CN=${name}`, extensions = SITE_NAMES, by = this, password } = wish;
    const { keyKind = KEY_KIND, digest = 'sha256' } = wish;
    const path = (end: string) => join(this.#folder, `${this.#name}-${name}.${end}`);
    const secrecy = password === undefined ? ['-nodes'] : ['-passout', `pass:${password}`];
    openssl(['req', ...keyKind, ...secrecy, '-utf8', '-subj', subject], ['-keyout', path('key'), '-out', path('csr')]);
    writeFileSync(path('ext'), extensions);
    openssl(
      ['x509', '-req', `-${digest}`, '-in', path('csr'), '-CA', by.cert, '-CAkey', by.key, '-CAcreateserial'],
      ['-days', '30', '-extfile', path('ext'), '-out', path('pem')],
    );
    return { cert: path('pem'), key: path('key') };
  }

  /** A list of what the authority has revoked, in PEM: of this certificate, or of none. */
  revoke(issued?: Issued): string {
    const path = (name: string) => join(this.#folder, `${this.#name}-crl.${name}`);
    writeFileSync(path('index'), '');
    writeFileSync(path('conf'), `[ca]\ndatabase=${path('index')}\ndefault_md=sha256\ndefault_crl_days=30\n`);
    const by = ['ca', '-config', path('conf'), '-name', 'ca', '-cert', this.cert, '-keyfile', this.key];
    if (issued !== undefined) {
      openssl(by, ['-revoke', issued.cert]);
    }
    openssl(by, ['-gencrl', '-out', path('pem')]);
    return readFileSync(path('pem'), 'utf8');
  }
}

function openssl(...words: readonly string[][]): void {
  execFileSync('openssl', words.flat(), { stdio: ['ignore', 'ignore', 'pipe'] });
}
