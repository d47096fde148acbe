/** Files of users and stored passwords, as `htpasswd` writes them and nginx reads them. A file that has changed on disk is read again. */

import { readFileSync, statSync } from 'node:fs';

/** What is stored, by user; text in which each character is a byte. */
export type Users = ReadonlyMap<string, string>;

/**
 * `user:stored`, and behind another colon a comment. A line that begins with `#` is none, nor is one without a colon. Where a user has two lines, the first holds.
 */
export function parseUserFile(text: string): Users {
  const users = new Map<string, string>();
  for (const line of text.split('\n')) {
    const end = line.indexOf(':');
    if (end < 0 || line.startsWith('#') || line.startsWith('\r')) {
      continue;
    }
    const user = line.slice(0, end);
    if (!users.has(user)) {
      users.set(user, /^[^:\r]*/.exec(line.slice(end + 1))?.[0] ?? '');
    }
  }
  return users;
}

export const USER_FILE_LIMITS = {
  /** 100,000 users with bcrypt have half of it. */
  bytesMax: 16_777_216,
  /** How long a change may go unseen. To look takes a system call. */
  lookMs: 1000,
  /** Files whose users are held: a path may have variables in it, which a client chooses. */
  filesMax: 100,
} as const;

export type UsersOf =
  | { readonly kind: 'users'; readonly users: Users }
  /** nginx answers 403 where there is no such file, and 500 where it cannot be read; `code` is the system's, for the log. */
  | { readonly kind: 'missing' | 'unreadable'; readonly code: string };

interface Held {
  readonly result: UsersOf;
  readonly version: string;
  lookedMs: number;
}

export class UserFiles {
  readonly #files = new Map<string, Held>();

  usersOf(path: string, nowMs: number): UsersOf {
    const held = this.#files.get(path);
    if (held !== undefined && nowMs - held.lookedMs < USER_FILE_LIMITS.lookMs) {
      return held.result;
    }
    const version = versionOf(path);
    if (held !== undefined && held.version === version) {
      held.lookedMs = nowMs;
      return held.result;
    }
    const [oldest] = this.#files.keys();
    if (oldest !== undefined && held === undefined && this.#files.size >= USER_FILE_LIMITS.filesMax) {
      this.#files.delete(oldest);
    }
    const result = readUsers(path);
    this.#files.set(path, { result, version, lookedMs: nowMs });
    return result;
  }
}

/** What changes when the file does; a file that cannot be looked at has the reason as its version. */
function versionOf(path: string): string {
  try {
    const { ino, size, mtimeNs, ctimeNs } = statSync(path, { bigint: true });
    return `${ino} ${size} ${mtimeNs} ${ctimeNs}`;
  } catch (error) {
    return codeOf(error);
  }
}

function readUsers(path: string): UsersOf {
  try {
    const stat = statSync(path);
    if (!stat.isFile()) {
      return { kind: 'unreadable', code: 'EISDIR' };
    }
    if (stat.size > USER_FILE_LIMITS.bytesMax) {
      return { kind: 'unreadable', code: 'EFBIG' };
    }
    return { kind: 'users', users: parseUserFile(readFileSync(path, 'latin1')) };
  } catch (error) {
    const code = codeOf(error);
    return { kind: code === 'ENOENT' ? 'missing' : 'unreadable', code };
  }
}

function codeOf(error: unknown): string {
  return (error as NodeJS.ErrnoException).code ?? String(error);
}
