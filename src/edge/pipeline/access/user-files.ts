/** Files of users and their passwords, as htpasswd(1) writes them. What was read holds for a second; then the file is looked at again, and read again if it has changed. */

import { readFile, stat } from 'node:fs/promises';
import type { Clock } from '../../../kernel/clock.ts';

const LIMITS = {
  /** A file that was changed is obeyed within this. */
  trustedMs: 1000,
  /** Paths may be made of what clients send. */
  filesMax: 64,
  /** 100,000 users. */
  bytesMax: 16 * 1024 * 1024,
} as const;

export type FoundUsers =
  | { readonly kind: 'users'; readonly byName: ReadonlyMap<string, string> }
  /** `message` in the words of the system. */
  | { readonly kind: 'missing' | 'failed'; readonly message: string };

interface KnownFile {
  readonly users: FoundUsers;
  readonly version: string;
  readonly untilMs: number;
}

export class UserFiles {
  readonly #clock: Clock;
  readonly #known = new Map<string, KnownFile>();
  readonly #reading = new Map<string, Promise<FoundUsers>>();

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  /** `path`: latin-1 text, a byte in each character. Never rejects. */
  find(path: string): FoundUsers | Promise<FoundUsers> {
    const known = this.#known.get(path);
    if (known !== undefined && known.untilMs > this.#clock.monotonicMs()) {
      return known.users;
    }
    const reading = this.#reading.get(path) ?? this.#look(path, known).finally(() => this.#reading.delete(path));
    this.#reading.set(path, reading);
    return reading;
  }

  async #look(path: string, known: KnownFile | undefined): Promise<FoundUsers> {
    const { users, version } = await readUsers(path, known);
    if (this.#known.size >= LIMITS.filesMax) {
      this.#known.clear();
    }
    this.#known.set(path, { users, version, untilMs: this.#clock.monotonicMs() + LIMITS.trustedMs });
    return users;
  }
}

async function readUsers(path: string, known: KnownFile | undefined): Promise<Omit<KnownFile, 'untilMs'>> {
  try {
    const name = Buffer.from(path, 'latin1');
    const found = await stat(name);
    const { mtimeMs, size, ino } = found;
    if (!found.isFile()) {
      // To read a pipe would keep one of the few threads that files are read by until somebody writes to it; a device may have no end.
      return { users: { kind: 'failed', message: 'it is not a file' }, version: '' };
    }
    const version = `${ino} ${size} ${mtimeMs}`;
    if (known?.version === version) {
      return known;
    }
    if (size > LIMITS.bytesMax) {
      return { users: { kind: 'failed', message: `larger than ${LIMITS.bytesMax} bytes` }, version };
    }
    return { users: { kind: 'users', byName: parseUsers(await readFile(name, 'latin1')) }, version };
  } catch (error) {
    const code = error instanceof Error && 'code' in error ? error.code : '';
    const isMissing = code === 'ENOENT' || code === 'ENOTDIR';
    return { users: { kind: isMissing ? 'missing' : 'failed', message: messageOf(error) }, version: '' };
  }
}

/** Without the path, which stands in the line already. */
function messageOf(error: unknown): string {
  return error instanceof Error ? (error.message.split(',')[0] ?? '') : String(error);
}

/** `name:password`, and behind a further colon whatever. Of two lines for one name the first counts; a number sign begins a remark. */
export function parseUsers(text: string): ReadonlyMap<string, string> {
  const users = new Map<string, string>();
  for (const line of text.split('\n')) {
    const [name = '', password] = line.replace(/\r$/, '').split(':');
    if (name !== '' && password !== undefined && !name.startsWith('#') && !users.has(name)) {
      users.set(name, password);
    }
  }
  return users;
}
