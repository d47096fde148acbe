/** A directory with a root of static files and something beside it, for tests. Files are old, unless said otherwise. */

import { mkdirSync, mkdtempSync, rmSync, utimesSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { FakeClock } from '../../../kernel/fake-clock.ts';
import type { Disk } from './disk.ts';
import { nodeDisk } from './disk.ts';
import type { Surroundings } from './open-file.ts';

/** Months before the FakeClock's now, so that time stamps are settled. */
export const WRITTEN_S: number = Date.UTC(2024, 5, 1) / 1000;

export class TemporarySite implements Disposable {
  readonly directory: string = mkdtempSync(join(tmpdir(), 'portico-static-'));
  readonly root: string = join(this.directory, 'root');
  readonly clock: FakeClock = new FakeClock();
  /** `level text` of what was logged, and codes of faults. */
  readonly logged: string[] = [];
  readonly faults: string[] = [];
  /** Names of the calls made, and errors to be thrown by the next calls of a name. */
  readonly calls: string[] = [];
  readonly failing: Map<keyof Disk, string> = new Map();
  /** Runs before a call of that name. */
  readonly before: Map<keyof Disk, (path: unknown) => void> = new Map();
  readonly disk: Disk = this.#watchedDisk();
  readonly around: Surroundings = {
    disk: this.disk,
    clock: this.clock,
    report: (code) => this.faults.push(code),
  };

  constructor() {
    mkdirSync(this.root);
  }

  write(name: string, content: string | Buffer, writtenS: number = WRITTEN_S): string {
    const path = join(this.root, name);
    mkdirSync(dirname(path), { recursive: true });
    writeFileSync(path, content);
    utimesSync(path, writtenS, writtenS);
    return path;
  }

  path(name: string): string {
    return join(this.root, name);
  }

  readonly log = (level: string, text: string): void => {
    this.logged.push(`${level} ${text}`);
  };

  [Symbol.dispose](): void {
    rmSync(this.directory, { recursive: true, force: true });
  }

  #watchedDisk(): Disk {
    const watch = <A extends unknown[], R>(name: keyof Disk, call: (...given: A) => Promise<R>) => {
      return async (...given: A): Promise<R> => {
        this.calls.push(name);
        this.before.get(name)?.(given[0]);
        const code = this.failing.get(name);
        if (code !== undefined) {
          throw Object.assign(new Error(code), { code });
        }
        return call(...given);
      };
    };
    return {
      stat: watch('stat', nodeDisk.stat),
      lstat: watch('lstat', nodeDisk.lstat),
      openDirectory: watch('openDirectory', nodeDisk.openDirectory),
      open: watch('open', nodeDisk.open),
      fstat: watch('fstat', nodeDisk.fstat),
      descriptorPath: watch('descriptorPath', nodeDisk.descriptorPath),
      realPath: watch('realPath', nodeDisk.realPath),
      read: watch('read', nodeDisk.read),
      close: watch('close', nodeDisk.close),
    };
  }
}
