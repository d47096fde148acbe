// Portico and nginx side by side, in front of the same servers that misbehave. On the cramped stage both may open few files, and have a megabyte for temporary ones.

import { spawnSync } from 'node:child_process';
import { chmodSync, mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { findPort } from '../../integration/free-port.ts';
import { PORTICO } from '../../integration/server.ts';
import type { Told } from './configuration.ts';
import { renderConfiguration } from './configuration.ts';
import { WatchedProgram } from './watched-program.ts';

const ARGUMENTS = ['-g', 'daemon off;'];
/** Fewer than twice the clients that come at once. */
const FILES_MAX = 250;
const DISK = 'size=1m';

export class Stage implements AsyncDisposable {
  readonly portico: WatchedProgram;
  readonly nginx: WatchedProgram;
  readonly apiPort: number;
  readonly #unmount: () => void;

  private constructor(portico: WatchedProgram, nginx: WatchedProgram, apiPort: number, unmount: () => void) {
    this.portico = portico;
    this.nginx = nginx;
    this.apiPort = apiPort;
    this.#unmount = unmount;
  }

  static async open(folder: string, told: Pick<Told, 'ports' | 'places'>, isCramped: boolean = false): Promise<Stage> {
    mkdirSync(folder);
    chmodSync(folder, 0o755);
    const small = isCramped ? mountSmall(join(folder, 'small')) : undefined;
    const apiPort = await findPort();
    const begin = async (program: string, more: Partial<Told>): Promise<WatchedProgram> => {
      const port = await findPort();
      const command = [program, ...(program === PORTICO ? ['nginx'] : []), ...ARGUMENTS];
      const limited = ['/bin/sh', '-c', `ulimit -n ${FILES_MAX}; exec "$0" "$@"`, ...command];
      const name = program === PORTICO ? 'portico' : 'nginx';
      const text = renderConfiguration({ port, ...told, ...more });
      return new WatchedProgram(isCramped ? limited : command, join(folder, name), port, text, small);
    };
    const portico = await begin(PORTICO, { apiPort });
    const nginx = await begin('/usr/sbin/nginx', small === undefined ? {} : { temporary: small });
    await Promise.all([portico.begun(), nginx.begun()]);
    return new Stage(portico, nginx, apiPort, () => {
      if (small !== undefined) {
        spawnSync('umount', ['-l', small]);
      }
    });
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.portico[Symbol.asyncDispose]();
    await this.nginx[Symbol.asyncDispose]();
    this.#unmount();
  }
}

/** Only root can. */
function mountSmall(folder: string): string {
  mkdirSync(folder);
  const { status, stderr } = spawnSync('mount', ['-t', 'tmpfs', '-o', DISK, 'tmpfs', folder], { encoding: 'utf8' });
  if (status !== 0) {
    throw new Error(`a small file system cannot be made: ${stderr}`);
  }
  chmodSync(folder, 0o777);
  return folder;
}
