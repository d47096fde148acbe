/**
 * What an application has started and its zygote has left behind: programs that were started while it was imported, jobs of its requests.
 * Those of a zygote that ended in order are left alone until the server ends, for they may be at work; a zygote that was killed could not
 * end what belonged to it, so all of its session is ended then. SIGTERM first, SIGKILL for who does not go.
 */

import { SUPERVISOR_LIMITS } from './limits.ts';
import type { Log } from './log.ts';
import type { SessionMember } from './process-session.ts';
import { describeMembers, membersOf, signalMembers } from './process-session.ts';

export class LeftBehind {
  readonly #log: Log;
  /** Sessions of zygotes that have ended. A number without members may become another's, so it is forgotten. */
  readonly #sessions = new Set<number>();
  #isHurried = false;

  constructor(log: Log) {
    this.#log = log;
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
    // Its workers end with it by themselves.
    await new Promise((done) => setTimeout(done, SUPERVISOR_LIMITS.leftBehindPollMs));
    await this.#end(() => membersOf(session));
  }

  /** The server ends. */
  async endAll(): Promise<void> {
    await this.#end(() => [...this.#sessions].flatMap((session) => membersOf(session)));
  }

  /** Nobody waits any more: what is being ended is killed. */
  hurry(): void {
    this.#isHurried = true;
  }

  async #end(find: () => SessionMember[]): Promise<void> {
    let members = find();
    if (members.length === 0) {
      return;
    }
    this.#log.say('info', `processes that the application has started are ended with it: ${describeMembers(members)}`);
    signalMembers(members, 'SIGTERM');
    const turns = SUPERVISOR_LIMITS.leftBehindEndMs / SUPERVISOR_LIMITS.leftBehindPollMs;
    for (let turn = 0; turn < turns && members.length > 0 && !this.#isHurried; turn += 1) {
      await new Promise((done) => setTimeout(done, SUPERVISOR_LIMITS.leftBehindPollMs));
      members = find();
    }
    if (members.length > 0) {
      this.#log.say('warning', `killed, because they did not end when asked to: ${describeMembers(members)}`);
      signalMembers(members, 'SIGKILL');
    }
  }
}
