/**
 * Reloads: asked for by signals, by files that have changed, and by commands. Each is one of the configuration, if that has changed, or else of the
 * applications. What has become of the last one is kept for whoever asks.
 */

import type { Clock } from '../kernel/clock.ts';
import type { ReloadFault, ReloadRecord } from '../protocol/control/operator.ts';
import type { FleetCommand, ServerFleet } from './fleet/fleet-types.ts';
import { Gathering } from './gathering.ts';
import { SUPERVISOR_LIMITS } from './limits.ts';
import type { Log } from './log/log.ts';
import type { ModelReload } from './model-reload.ts';

export interface ReloadsParts {
  readonly clock: Clock;
  readonly log: Pick<Log, 'say'>;
  readonly fleet: () => Pick<ServerFleet, 'apps' | 'isStarted' | 'stop' | 'title'>;
  readonly command: (command: FleetCommand) => void;
  /** Undefined if no file describes the server. */
  readonly model: () => Pick<ModelReload, 'faults' | 'run'> | undefined;
  /** What is done before anything is loaded. */
  readonly look: () => void;
  /** The new generation is told of the certificate that its clients are shown, so that comes first. Undefined without TLS. */
  readonly renewCertificates: () => Promise<void> | undefined;
}

type End = Pick<ReloadRecord, 'result' | 'faults'>;

export class Reloads {
  readonly #parts: ReloadsParts;
  readonly #gathering: Gathering;
  #last: ReloadRecord | undefined;
  /** What wait until no application is being loaded. */
  #waiting: (() => void)[] = [];

  constructor(parts: ReloadsParts) {
    this.#parts = parts;
    this.#gathering = new Gathering(SUPERVISOR_LIMITS.reloadGatherMs, parts.clock, (why) => void this.begin(why));
  }

  get last(): ReloadRecord | undefined {
    return this.#last;
  }

  /** Soon: several that are asked for at once are one. */
  ask(why: string): void {
    this.#gathering.ask(why);
  }

  /** What was asked for and has not begun is dropped. */
  forget(): void {
    this.#gathering.forget();
  }

  /** At once. Resolves with what has become of it. */
  async begin(why: string): Promise<ReloadRecord> {
    const { clock, look } = this.#parts;
    const began: ReloadRecord = { why, beganAtMs: clock.nowMs(), endedAtMs: 0, result: 'runs', faults: [] };
    this.#last = began;
    look();
    const end = await this.#run(why);
    const ended = { ...began, ...end, endedAtMs: clock.nowMs() };
    // Of several that run at a time the one that began last is the last.
    this.#last = this.#last === began ? ended : this.#last;
    return ended;
  }

  /** The fleet tells of another state of reloads. */
  onTitle({ reload, isStopping }: ServerFleet['title']): void {
    if (reload !== 'runs' || isStopping) {
      const waiting = this.#waiting;
      this.#waiting = [];
      for (const wake of waiting) {
        wake();
      }
    }
  }

  /** A configuration that has changed is changed to, and the applications go on. One that has not means that their code has. */
  async #run(why: string): Promise<End> {
    const { log, fleet, model: modelReload } = this.#parts;
    const model = modelReload();
    if (model === undefined) {
      return this.#reloadApps(why);
    }
    const { isStarted, stop } = fleet();
    if (!isStarted || stop !== undefined) {
      const state = isStarted ? 'stopping' : 'starting';
      log.say('warning', `${why}: the configuration is not read again, because the server is ${state}`);
      return givenUp(`the server is ${state}`);
    }
    const result = await model.run();
    switch (result) {
      case 'same':
        return this.#reloadApps(why);
      case 'changed':
        log.say('info', `${why}: the new configuration is served`);
        return { result: 'done', faults: [] };
      case 'superseded':
        return givenUp('another reload was asked for meanwhile');
      default:
        return { result: 'refused', faults: model.faults.map(faultOf) };
    }
  }

  async #reloadApps(why: string): Promise<End> {
    const { fleet, command, renewCertificates } = this.#parts;
    const renewal = renewCertificates();
    if (renewal !== undefined) {
      await renewal;
    }
    command({ kind: 'reload', why });
    if (fleet().stop === undefined && fleet().title.reload === 'runs') {
      await new Promise<void>((resolve) => this.#waiting.push(resolve));
    }
    const { apps, stop, title } = fleet();
    if (stop !== undefined) {
      return givenUp('the server is stopping');
    }
    const faults = [...apps].flatMap(([app, { loadFault }]) =>
      loadFault === undefined ? [] : [{ app, ...loadFault }],
    );
    return { result: title.reload, faults: title.reload === 'done' ? [] : faults };
  }
}

function givenUp(error: string): End {
  return { result: 'given-up', faults: [{ error, traceback: '' }] };
}

/** What stands in the way is told with a traceback behind its first line. */
function faultOf(text: string): ReloadFault {
  const end = text.indexOf('\n');
  return end === -1 ? { error: text, traceback: '' } : { error: text.slice(0, end), traceback: text.slice(end + 1) };
}
