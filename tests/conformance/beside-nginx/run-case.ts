/** Runs one case on both programs and says what differs. */

import type { Backend } from './backend.ts';
import type { Case } from './case.ts';
import { PORTS_MAX, readRequest } from './case.ts';
import type { Difference } from './compare.ts';
import { compare } from './compare.ts';
import { observe } from './observe.ts';
import type { ProgramKind } from './program.ts';
import { Program } from './program.ts';
import { wholeText } from './whole-text.ts';

const CHECKOUT = new URL('../../..', import.meta.url).pathname;

export const NGINX: ProgramKind = {
  name: 'nginx',
  command: ['/usr/sbin/nginx'],
  address: '127.0.0.2',
  refused: /emerg/,
};
export const PORTICO: ProgramKind = {
  name: 'portico',
  command: [`${CHECKOUT}bin/portico`, 'nginx'],
  address: '127.0.0.3',
  refused: /the configuration was not changed/,
};

/** Below the ports that systems give to clients. */
const PORTS = { from: 12_000, to: 32_000 };

export class Pair implements AsyncDisposable {
  readonly nginx: Program;
  readonly portico: Program;
  readonly #folder: string;
  readonly #backend: string;
  #number = 0;
  #port: number;

  /** `seed` decides where its ports begin, so that two of them are seldom in each other's way. */
  constructor(folder: string, seed: number, { address }: Pick<Backend, 'address'>) {
    this.#folder = folder;
    this.#backend = address;
    this.#port = PORTS.from + (Math.abs(seed * 97) % 4_000) * PORTS_MAX;
    this.nginx = new Program(NGINX, folder);
    this.portico = new Program(PORTICO, folder);
  }

  async run(given: Case): Promise<Difference[]> {
    const number = ++this.#number;
    this.#port = this.#port + PORTS_MAX >= PORTS.to ? PORTS.from : this.#port + PORTS_MAX;
    const requests = given.requests.map((text) => readRequest(text));
    const [nginx, portico] = await Promise.all(
      [this.nginx, this.portico].map((program) => {
        const run = { kind: program.kind, firstPort: this.#port, backend: this.#backend, number };
        const text = wholeText(given.configuration, run);
        return observe({ program, folder: this.#folder, run, text }, requests);
      }),
    );
    if (nginx === undefined || portico === undefined) return [];
    return compare({ case: given, requests, addresses: [NGINX.address, PORTICO.address] }, nginx, portico);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await Promise.all([this.nginx.stop(), this.portico.stop()]);
  }
}
