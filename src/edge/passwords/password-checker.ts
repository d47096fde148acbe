/**
 * Checks passwords, for one edge thread. Slow hashes are computed in a thread of their own, which is started when the first one is met, so that the event loop goes on
 * meanwhile. A site behind a password asks for it with each request, so those that were right are remembered: not the passwords but keyed hashes of them, together
 * with what is stored, so that a changed user file is obeyed.
 */

import { randomBytes } from '../../kernel/random-bytes.ts';
import type { CheckReply, CheckThread, StartCheckThread } from './check-messages.ts';
import { checkQuick, isQuick, schemeOf } from './password-scheme.ts';

/** `unknown`: no password can be checked against what is stored. `overloaded`: too many wait already. `failed`: the thread has ended. */
export type PasswordResult = 'right' | 'wrong' | 'unknown' | 'overloaded' | 'failed';

export const PASSWORD_LIMITS = {
  /** crypt(3) takes no more, and the cost of some hashes grows with the length. */
  passwordBytesMax: 511,
  /** Checks of different passwords that wait. With 10 to 100 ms each, a later one would be answered after its client has gone. */
  waitingMax: 64,
  /** Passwords that were right, of 100 bytes each. Beyond it the one that was not used for the longest time is checked again. */
  rememberedMax: 1000,
} as const;

interface Waiting {
  readonly key: string;
  readonly result: Promise<PasswordResult>;
  readonly resolve: (result: PasswordResult) => void;
}

const SECRET_BYTES = 32;

export class PasswordChecker {
  readonly #start: StartCheckThread;
  #thread: CheckThread | undefined;
  #secret: string | undefined;
  #lastId = 0;
  readonly #waiting = new Map<number, Waiting>();
  /** The oldest first. */
  readonly #remembered = new Set<string>();

  constructor(start: StartCheckThread) {
    this.#start = start;
  }

  /** `password` is text in which each character is a byte, as it came. */
  check(password: string, stored: string): PasswordResult | Promise<PasswordResult> {
    const scheme = schemeOf(stored);
    if (scheme === undefined) {
      return 'unknown';
    }
    // A C program would stop at the zero byte, and take what is before it for the password.
    if (password.length > PASSWORD_LIMITS.passwordBytesMax || password.includes('\0')) {
      return 'wrong';
    }
    if (isQuick(scheme)) {
      return checkQuick(Buffer.from(password, 'latin1'), stored, scheme) ? 'right' : 'wrong';
    }
    const key = this.#keyOf(password, stored);
    if (this.#remembered.delete(key)) {
      this.#remembered.add(key);
      return 'right';
    }
    return this.#ask(key, password, stored);
  }

  #ask(key: string, password: string, stored: string): PasswordResult | Promise<PasswordResult> {
    // A page asks for its parts at the same time, all with one password.
    for (const waiting of this.#waiting.values()) {
      if (waiting.key === key) {
        return waiting.result;
      }
    }
    if (this.#waiting.size >= PASSWORD_LIMITS.waitingMax) {
      return 'overloaded';
    }
    this.#lastId += 1;
    const id = this.#lastId;
    const { promise, resolve } = Promise.withResolvers<PasswordResult>();
    this.#waiting.set(id, { key, result: promise, resolve });
    this.#thread ??= this.#start({
      onReply: (reply) => this.#onReply(reply),
      onEnd: () => this.#onEnd(),
    });
    this.#thread.send({ id, password, stored });
    return promise;
  }

  #onReply({ id, isRight }: CheckReply): void {
    const waiting = this.#waiting.get(id);
    this.#waiting.delete(id);
    if (waiting !== undefined && isRight) {
      this.#remember(waiting.key);
    }
    waiting?.resolve(isRight ? 'right' : 'wrong');
  }

  #onEnd(): void {
    this.#thread = undefined;
    const ended = [...this.#waiting.values()];
    this.#waiting.clear();
    for (const { resolve } of ended) {
      resolve('failed');
    }
  }

  #remember(key: string): void {
    const [oldest] = this.#remembered;
    if (oldest !== undefined && this.#remembered.size >= PASSWORD_LIMITS.rememberedMax) {
      this.#remembered.delete(oldest);
    }
    this.#remembered.add(key);
  }

  #keyOf(password: string, stored: string): string {
    this.#secret ??= randomBytes(SECRET_BYTES).toString('latin1');
    const text = `${this.#secret}${stored.length}:${stored}${password}`;
    return process.getBuiltinModule('node:crypto').hash('sha256', Buffer.from(text, 'latin1'), 'base64');
  }
}
