/**
 * The exchange of the running program, as nginx and gunicorn have it: a signal starts the program that is on disk by now beside this one, with the same listening
 * sockets, and both serve. Whoever upgrades decides which of them ends: this one, or the new one, whereupon this one is again what it was. In nginx's manner the pid
 * file shows the new server, and ours is beside it until the new server cannot start, or ends; otherwise ours stays, and the new server's is beside it until we end.
 */

import { SUPERVISOR_LIMITS } from '../limits.ts';
import type { Log } from '../log/log.ts';
import type { OwnLevel } from '../log/log-event.ts';
import type { ModelReload } from '../model-reload.ts';
import { isRootsFile } from '../own-files.ts';
import type { PreparedServer } from '../prepare.ts';
import { mayAct } from '../privileges.ts';
import type { OwnProgram } from '../service-manager.ts';
import { Successor } from './successor.ts';

/** Of what a new program says: nginx's form of a level. */
const NO_MORE_THAN_WARNING = /^nginx: \[(?:warn|notice|info|debug)\]/;

export interface UpgradeParts {
  readonly server: PreparedServer;
  /** Has the edge take connections, or leave them to the successor. */
  readonly edge: Pick<ModelReload, 'rest' | 'wake'>;
  readonly log: Pick<Log, 'say'>;
  /** Clients are served, and nobody has told the server to end. */
  readonly isServing: () => boolean;
}

export class Upgrade {
  readonly #parts: UpgradeParts;
  readonly #isLikeNginx: boolean;
  readonly #grave: OwnLevel;
  #successor: Successor | undefined;
  #successorRuns = false;
  #isResting = false;

  constructor(parts: UpgradeParts) {
    this.#parts = parts;
    this.#isLikeNginx = parts.server.model.process.manner === 'nginx';
    this.#grave = this.#isLikeNginx ? 'alert' : 'error';
  }

  /** The server that this one replaces is looked at until it has ended: its pid file is ours then. */
  watchPredecessor(): void {
    const { server, log } = this.#parts;
    const { predecessor, pidFile } = server;
    if (predecessor === undefined || this.#isLikeNginx) {
      return;
    }
    const timer = setInterval(() => {
      if (predecessor.isThere) {
        return;
      }
      clearInterval(timer);
      log.say('info', `the program before (process ${predecessor.handOver.from}) has ended: this one serves alone`);
      try {
        pidFile?.moveBack();
      } catch (error) {
        log.say('error', `the pid file cannot be renamed: ${messageOf(error)}`);
      }
    }, SUPERVISOR_LIMITS.predecessorPollMs).unref();
  }

  /** Of the server that is to replace this one, while it is there; 0 if none is. */
  get successorPid(): number {
    return this.#successor?.pid ?? 0;
  }

  /** `why`: the signal. */
  begin(why: string): void {
    const { log, server } = this.#parts;
    const obstacle = this.#obstacle();
    if (obstacle !== undefined) {
      log.say('warning', `${why}: ignored, ${obstacle}`);
      return;
    }
    // Without it the server would have been told why above.
    const program = server.program as OwnProgram;
    try {
      if (this.#isLikeNginx) {
        server.pidFile?.moveAside();
      }
    } catch (error) {
      log.say(
        this.#grave,
        `${why}: no new program is started, because the pid file cannot be renamed: ${messageOf(error)}`,
      );
      return;
    }
    this.#successorRuns = false;
    try {
      this.#successor = new Successor(program, server, {
        onSays: (text) => this.#onSays(text),
        onRuns: () => this.#onRuns(),
        onEnd: (how) => this.#onEnd(how),
      });
    } catch (error) {
      this.#onEnd(`could not be started: ${messageOf(error)}`);
      return;
    }
    if (this.successorPid > 0) {
      log.say('info', `${why}: changing binary, start new binary process ${this.successorPid}`);
    }
  }

  /** Why no new program is started, as the end of a sentence. */
  #obstacle(): string | undefined {
    const { server, isServing } = this.#parts;
    const { predecessor, program, identity } = server;
    if (this.#successor !== undefined) {
      return `because a new program runs already (process ${this.successorPid})`;
    }
    if (predecessor?.isThere === true) {
      return `because the program before (process ${predecessor.handOver.from}) still runs`;
    }
    if (!isServing()) {
      return 'because the server starts or ends';
    }
    if (program === undefined) {
      return 'because it is not known which program this is';
    }
    // Root would run what they have made of it.
    const isChangeable = mayAct(identity) && !isRootsFile(program.file);
    return isChangeable ? `because others than root can change ${program.file}` : undefined;
  }

  #onSays(text: string): void {
    const level = NO_MORE_THAN_WARNING.test(text) ? 'warning' : 'error';
    for (const line of text.split('\n').filter((each) => each !== '')) {
      this.#parts.log.say(level, `the new program (process ${this.successorPid}) says: ${line}`);
    }
  }

  #onRuns(): void {
    this.#successorRuns = true;
    this.#parts.log.say('info', `the new program (process ${this.successorPid}) serves beside this one`);
  }

  #onEnd(how: string): void {
    const { server, log } = this.#parts;
    const number = this.successorPid;
    this.#successor = undefined;
    const who = number === 0 ? 'the new program' : `the new program (process ${number})`;
    log.say(
      this.#successorRuns ? 'info' : this.#grave,
      `${who} ${how}${this.#successorRuns ? '' : ' before it served'}: this one goes on`,
    );
    try {
      server.pidFile?.moveBack();
    } catch (error) {
      log.say(this.#grave, `the pid file cannot be renamed back: ${messageOf(error)}`);
    }
    if (this.#isResting) {
      this.#wake('the new program has ended');
    }
  }

  /** Takes no connections any more; those that are open finish. As in nginx, not in the foreground, where a terminal sends the signal when its size changes. */
  rest(why: string): void {
    const { server, isServing } = this.#parts;
    const isDaemon = server.model.process.isDaemon || server.predecessor !== undefined;
    if (isDaemon && isServing() && !this.#isResting) {
      this.#rest(why);
    }
  }

  /** As uWSGI's TSTP: each second one takes connections again. */
  pause(why: string): void {
    if (this.#isResting) {
      this.#wake(why);
    } else if (this.#parts.isServing()) {
      this.#rest(why);
    }
  }

  #rest(why: string): void {
    const { log, edge } = this.#parts;
    this.#isResting = true;
    log.say('info', `${why}: no new connections are taken; those that are open finish`);
    void edge.rest().then((fault) => {
      if (fault !== undefined) {
        this.#isResting = false;
        log.say('error', `connections are taken as before: ${fault}`);
      }
    });
  }

  #wake(why: string): void {
    this.#isResting = false;
    this.#parts.log.say('info', `${why}: connections are taken again`);
    void this.#parts.edge.wake();
  }

  /** Whether the signal for a reload has another meaning here: beside a new program, the one before serves with the configuration that it has. */
  takesReload(why: string): boolean {
    const hasSuccessor = this.#successor !== undefined;
    if (this.#isResting && this.#parts.isServing()) {
      this.#wake(why);
    } else if (hasSuccessor) {
      this.#parts.log.say('info', `${why}: the configuration is not read again beside a new program`);
    }
    return hasSuccessor;
  }
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
