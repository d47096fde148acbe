/**
 * Ends what an application has started and its zygote has left behind: programs that were started by the import, jobs of requests. Programs of a
 * zygote that ended in order may be at work, and are left alone until the server ends. A zygote that was killed could not end its programs, so its
 * whole session is ended then. SIGTERM comes first, and SIGKILL for what does not go.
 */

import { SUPERVISOR_LIMITS } from '../limits.ts';
import type { Log } from '../log/log.ts';
import type { Identity } from '../privileges.ts';
import type { SessionMember } from './process-session.ts';
import { describeMembers, membersOf, signalMembers } from './process-session.ts';

export class LeftBehind {
  readonly #log: Log;
  readonly #identity: Identity | undefined;
  /** Sessions of zygotes that have ended. One without members is forgotten, for its number may become that of another. */
  readonly #sessions = new Set<number>();
  #isHurried = false;

  constructor(log: Log, identity: Identity | undefined) {
    this.#log = log;
    this.#identity = identity;
  }

  /** A zygote has ended in order. */
  note(session: number): void {
    for (const earlier of this.#sessions) {
      if (membersOf(earlier).length === 0) {
        this.#sessions.delete(earlier);
      }
    }
    if (membersOf(session).length > 0) {
      this.#sessions.add(session);
    }
  }

  /** A zygote was killed, or has failed. */
  async end(session: number): Promise<void> {
    this.#sessions.add(session);
    // The zygote's workers end by themselves when it is gone, and have a moment for it.
    await new Promise((done) => setTimeout(done, SUPERVISOR_LIMITS.leftBehindPollMs));
    await this.#end(() => membersOf(session));
  }

  /** The server ends. */
  async endAll(): Promise<void> {
    await this.#end(() => [...this.#sessions].flatMap((session) => membersOf(session)));
  }

  /** The operator waits no longer: what is being ended is killed. */
  hurry(): void {
    this.#isHurried = true;
  }

  async #end(find: () => SessionMember[]): Promise<void> {
    let members = find();
    if (members.length === 0) {
      return;
    }
    this.#log.say('info', `processes that the application has started are ended with it: ${describeMembers(members)}`);
    signalMembers(members, 'SIGTERM', this.#identity);
    const turns = SUPERVISOR_LIMITS.leftBehindEndMs / SUPERVISOR_LIMITS.leftBehindPollMs;
    for (let turn = 0; turn < turns && members.length > 0 && !this.#isHurried; turn += 1) {
      await new Promise((done) => setTimeout(done, SUPERVISOR_LIMITS.leftBehindPollMs));
      members = find();
    }
    if (members.length > 0) {
      this.#log.say('warning', `killed, because they did not end when asked to: ${describeMembers(members)}`);
      signalMembers(members, 'SIGKILL', this.#identity);
    }
  }
}
