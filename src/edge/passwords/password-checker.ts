/**
 * Checks passwords, for one edge thread. Slow hashes are computed in a thread of their own, which is started when the first one is met, so that the event loop goes on
 * meanwhile; it is asked one thing at a time, for one client after another. A site behind a password asks for it with each request, so those that were right are remembered: not the passwords but keyed hashes of them, together
 * with what is stored, so that a changed user file is obeyed.
 */

import { randomBytes } from '../../kernel/random-bytes.ts';
import type { CheckReply, CheckThread, StartCheckThread } from './check-messages.ts';
import { CheckQueue } from './check-queue.ts';
import { checkQuick, isQuick, isTooCostly, schemeOf } from './password-scheme.ts';

/** `unknown`: no password can be checked against what is stored. `overloaded`: too many wait already. `failed`: the thread has ended. */
export type PasswordResult = 'right' | 'wrong' | 'unknown' | 'overloaded' | 'failed';

export const PASSWORD_LIMITS = {
  /** crypt(3) takes no more, and the cost of some hashes grows with the length. */
  passwordBytesMax: 511,
  /** Checks of different passwords that wait. With 10 to 100 ms each, a later one would be answered after its client has gone. */
  waitingMax: 64,
  /** … of which one address may have so many: people behind one address log in at the same time as well. */
  waitingOfClientMax: 16,
  /** Passwords that were right, of 100 bytes each. Beyond it the one that was not used for the longest time is checked again. */
  rememberedMax: 1000,
} as const;

interface Waiting {
  readonly key: string;
  readonly password: string;
  readonly stored: string;
  readonly result: Promise<PasswordResult>;
  readonly resolve: (result: PasswordResult) => void;
}

const SECRET_BYTES = 32;

export class PasswordChecker {
  readonly #start: StartCheckThread;
  #thread: CheckThread | undefined;
  #secret: string | undefined;
  #lastId = 0;
  readonly #byKey = new Map<string, Waiting>();
  readonly #queue = new CheckQueue<Waiting>({
    sizeMax: PASSWORD_LIMITS.waitingMax,
    ofClientMax: PASSWORD_LIMITS.waitingOfClientMax,
  });
  /** What the thread has been asked. */
  #running: Waiting | undefined;
  /** The oldest first. */
  readonly #remembered = new Set<string>();

  constructor(start: StartCheckThread) {
    this.#start = start;
  }

  /** `password` is text in which each character is a byte, as it came; `client` the address that it came from. */
  check(password: string, stored: string, client: string): PasswordResult | Promise<PasswordResult> {
    const scheme = schemeOf(stored);
    if (scheme === undefined || isTooCostly(stored)) {
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
    // A page asks for its parts at the same time, all with one password.
    return this.#byKey.get(key)?.result ?? this.#ask({ key, password, stored }, client);
  }

  #ask(check: Pick<Waiting, 'key' | 'password' | 'stored'>, client: string): Promise<PasswordResult> {
    const { promise, resolve } = Promise.withResolvers<PasswordResult>();
    const waiting: Waiting = { ...check, result: promise, resolve };
    this.#byKey.set(check.key, waiting);
    const dropped = this.#queue.push(client, waiting);
    if (dropped !== undefined) {
      this.#settle(dropped, 'overloaded');
    }
    this.#sendNext();
    return promise;
  }

  #sendNext(): void {
    if (this.#running !== undefined) {
      return;
    }
    const next = this.#queue.shift();
    if (next === undefined) {
      return;
    }
    this.#running = next;
    this.#lastId += 1;
    this.#thread ??= this.#start({
      onReply: (reply) => this.#onReply(reply),
      onEnd: () => this.#onEnd(),
    });
    this.#thread.send({ id: this.#lastId, password: next.password, stored: next.stored });
  }

  #onReply({ id, isRight }: CheckReply): void {
    const running = this.#running;
    if (running === undefined || id !== this.#lastId) {
      return;
    }
    this.#running = undefined;
    if (isRight) {
      this.#remember(running.key);
    }
    this.#settle(running, isRight ? 'right' : 'wrong');
    this.#sendNext();
  }

  #settle({ key, resolve }: Waiting, result: PasswordResult): void {
    this.#byKey.delete(key);
    resolve(result);
  }

  /** Those that wait are asked of the next thread: what has ended this one may be the one check that it had. */
  #onEnd(): void {
    this.#thread = undefined;
    const running = this.#running;
    this.#running = undefined;
    if (running !== undefined) {
      this.#settle(running, 'failed');
    }
    this.#sendNext();
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
