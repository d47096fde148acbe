// A PostgreSQL server of the test's own, in a folder of its own, as Debian has it. It does not run as root: there it is run as `nobody`.

import assert from 'node:assert/strict';
import { execFile, execFileSync } from 'node:child_process';
import { chownSync, copyFileSync, globSync, mkdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';
import type { Issued } from '../integration/certificates.ts';
import { findPort } from '../integration/free-port.ts';
import type { Program } from './programs.ts';
import { openFolder, start } from './programs.ts';

const NOBODY = 65_534;
const AS_NOBODY = ['setpriv', `--reuid=${NOBODY}`, `--regid=${NOBODY}`, '--clear-groups'];
/** Nothing of it outlives the test. */
const HASTE = ['fsync=off', 'full_page_writes=off', 'shared_buffers=4MB', 'max_connections=20'];

const run = promisify(execFile);

export class Postgres {
  readonly port: number;
  readonly #folder: string;
  readonly #programs: string;

  private constructor(port: number, folder: string, programs: string) {
    this.port = port;
    this.#folder = folder;
    this.#programs = programs;
  }

  /** A database whose server has not been started. It lets in everybody, and speaks TLS with this certificate. */
  static async make({ cert, key }: Issued): Promise<Postgres> {
    const programs = globSync('/usr/lib/postgresql/*/bin').sort().at(-1);
    assert.ok(programs !== undefined, 'this test needs PostgreSQL (on Debian: apt install postgresql)');
    const folder = openFolder();
    const postgres = new Postgres(await findPort(), folder, programs);
    const files = [cert, key].map((path, index) => [path, join(folder, index === 0 ? 'tls.pem' : 'tls.key')] as const);
    for (const [from, to] of files) copyFileSync(from, to);
    mkdirSync(join(folder, 'data'), { mode: 0o700 });
    if (process.getuid?.() === 0) {
      for (const path of [folder, join(folder, 'data'), ...files.map(([, to]) => to)]) chownSync(path, NOBODY, NOBODY);
    }
    execFileSync('chmod', ['600', join(folder, 'tls.key')]);
    const [name = '', ...args] = postgres.#command(
      'initdb',
      '-D',
      join(folder, 'data'),
      '-U',
      'shop',
      '-A',
      'trust',
      '-N',
    );
    await run(name, args, { cwd: folder });
    return postgres;
  }

  start(): Promise<Program> {
    const settings = [
      ...HASTE,
      ...[`port=${this.port}`, 'listen_addresses=127.0.0.1', 'unix_socket_directories='],
      ...['ssl=on', `ssl_cert_file=${join(this.#folder, 'tls.pem')}`, `ssl_key_file=${join(this.#folder, 'tls.key')}`],
    ];
    const data = ['-D', join(this.#folder, 'data')];
    const command = this.#command('postgres', ...data, ...settings.flatMap((setting) => ['-c', setting]));
    return start(command, openFolder(), { host: '127.0.0.1', port: this.port });
  }

  [Symbol.dispose](): void {
    rmSync(this.#folder, { recursive: true, force: true });
  }

  #command(program: string, ...args: readonly string[]): readonly string[] {
    return [...(process.getuid?.() === 0 ? AS_NOBODY : []), join(this.#programs, program), ...args];
  }
}
