// An authority's responder (OCSP), with the openssl program behind it, or with whatever a test has it do in place of answering.

import { execFile } from 'node:child_process';
import { X509Certificate } from 'node:crypto';
import { once } from 'node:events';
import { readFileSync, writeFileSync } from 'node:fs';
import type { ServerResponse } from 'node:http';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { promisify } from 'node:util';
import type { Issued } from './certificates.ts';

const openssl = promisify(execFile);
export const OCSP_TYPE = 'application/ocsp-response';

export interface OcspResponder extends Disposable {
  /** With a path, behind which the question stands. */
  readonly url: string;
  /** Paths with which it was asked. */
  readonly asked: string[];
  /** The next questions are answered by this; undefined: as openssl does. */
  instead: ((response: ServerResponse) => void) | undefined;
  /** An answer as openssl makes it, to the question that it was asked last. */
  answer(signedBy?: Issued): Promise<Buffer>;
  /** It knows these certificates. */
  knows(good: readonly Issued[], revoked?: readonly Issued[]): void;
}

function lineOf({ cert }: Issued, state: string): string {
  const serial = new X509Certificate(readFileSync(cert)).serialNumber;
  return `${state}\t${serial}\tunknown\t/CN=${serial}\n`;
}

/** `folder`: for its files. `authority`: whose certificates it knows. */
export async function openResponder(folder: string, authority: Issued): Promise<OcspResponder> {
  const index = join(folder, 'ocsp-index');
  const asked: string[] = [];
  let last = '';
  const answer: OcspResponder['answer'] = async (signedBy = authority) => {
    const name = join(folder, `question-${asked.length}-${Math.random()}`);
    const by = ['-index', index, '-CA', authority.cert, '-rsigner', signedBy.cert, '-rkey', signedBy.key];
    writeFileSync(name, Buffer.from(decodeURIComponent(last.slice('/ask/'.length)), 'base64'));
    await openssl('openssl', ['ocsp', ...by, '-ndays', '1', '-reqin', name, '-respout', `${name}.out`]);
    return readFileSync(`${name}.out`);
  };
  const server = createServer((request, response) => {
    last = request.url ?? '';
    asked.push(last);
    if (responder.instead !== undefined) {
      responder.instead(response);
      return;
    }
    answer().then(
      (bytes) => response.setHeader('Content-Type', OCSP_TYPE).end(bytes),
      () => response.writeHead(500).end(),
    );
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const responder: OcspResponder = {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/ask`,
    asked,
    answer,
    instead: undefined,
    knows: (good, revoked = []) => {
      const lines = [
        ...good.map((each) => lineOf(each, 'V\t491231235959Z\t')),
        ...revoked.map((each) => lineOf(each, 'R\t491231235959Z\t250101000000Z')),
      ];
      writeFileSync(index, lines.join(''));
    },
    [Symbol.dispose]: () => {
      server.closeAllConnections();
      server.close();
    },
  };
  return responder;
}
