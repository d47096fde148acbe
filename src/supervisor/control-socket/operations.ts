/** What the commands of an operator do. */

import type { AppId } from '../../config/model/app.ts';
import { unreachable } from '../../kernel/unreachable.ts';
import type { OperatorAnswer, OperatorRequest } from '../../protocol/control/operator.ts';
import { plainName } from '../app-instances.ts';
import { workersMax } from '../fleet/app-fleet.ts';
import type { AppFleet, FleetWorker, ServerFleet } from '../fleet/fleet-types.ts';
import { parseLogLine } from '../log/parse-log-line.ts';
import type { Conversation } from './conversation.ts';
import { describeServer, describeWorkers, runningIn } from './describe-server.ts';
import type { OperationsParts } from './operated.ts';
import { RequestRates } from './request-rate.ts';
import { Traces } from './traces.ts';

type RequestOf<Kind extends OperatorRequest['kind']> = Extract<OperatorRequest, { kind: Kind }>;

/** What the log calls whoever has asked. */
const WHY = 'portico';

export class Operations {
  readonly #parts: OperationsParts;
  readonly #traces = new Traces();
  readonly #rates = new RequestRates();

  constructor(parts: OperationsParts) {
    this.#parts = parts;
  }

  answer(request: OperatorRequest, asker: Conversation): void {
    switch (request.kind) {
      case 'status':
        void this.#status(asker);
        return;
      case 'workers':
        void this.#workers(asker);
        return;
      case 'reload':
        void this.#reload(asker);
        return;
      case 'stop':
        this.#stop(request, asker);
        return;
      case 'scale':
        this.#scale(request, asker);
        return;
      case 'logs':
        this.#logs(request, asker);
        return;
      case 'trace':
        void this.#trace(request, asker);
        return;
      default:
        unreachable(request);
    }
  }

  /** Every few seconds. */
  async sample(): Promise<void> {
    const { supervisor, clock } = this.#parts;
    const requests = await supervisor.status.requestCount();
    if (requests !== undefined) {
      this.#rates.note({ atMs: clock.monotonicMs(), requests });
    }
  }

  async #status(asker: Conversation): Promise<void> {
    await this.sample();
    const snapshot = await this.#parts.supervisor.status.snapshot();
    asker.end({ kind: 'status', ...describeServer(snapshot, this.#parts, this.#rates.rate) });
  }

  async #workers(asker: Conversation): Promise<void> {
    const snapshot = await this.#parts.supervisor.status.snapshot();
    asker.end({ kind: 'workers', nowMs: snapshot.takenAtMs, workers: describeWorkers(snapshot) });
  }

  async #reload(asker: Conversation): Promise<void> {
    asker.end({ kind: 'reloaded', ...(await this.#parts.supervisor.reloads.begin(`${WHY} reload`)) });
  }

  /** The connection ends with the process. */
  #stop({ isQuick }: RequestOf<'stop'>, asker: Conversation): void {
    const { server, supervisor } = this.#parts;
    asker.send({ kind: 'stopping', gracefulMs: isQuick ? 0 : server.model.edge.gracefulMs });
    // Asked again, a server ends at once; this is another who waits for the same end.
    if (isQuick || supervisor.fleet.stop === undefined) {
      supervisor.stop(isQuick, `${WHY} stop`);
    }
  }

  #scale({ app, workers }: RequestOf<'scale'>, asker: Conversation): void {
    const { supervisor } = this.#parts;
    const found = findApp(supervisor.fleet, app);
    if (typeof found === 'string') {
      asker.end({ kind: 'refused', error: found });
      return;
    }
    const { id } = found.settings;
    const before = found.target;
    const obstacle = whyNotScaled(found, workers);
    if (obstacle !== undefined) {
      asker.end({ kind: 'refused', error: obstacle });
      return;
    }
    supervisor.command({ kind: 'set-workers', app: id, workers });
    const tell = (): boolean => {
      const answer = scaled(supervisor.fleet, { app: id, before, workers });
      if (answer !== undefined) {
        asker.end(answer);
      }
      return answer !== undefined;
    };
    if (!tell()) {
      const unwatch = supervisor.watch(() => {
        if (tell()) {
          unwatch();
        }
      });
      asker.onGone(unwatch);
    }
  }

  #logs({ lines, follows, isJson }: RequestOf<'logs'>, asker: Conversation): void {
    const { server, ring } = this.#parts;
    const isText = server.model.process.logFormat === 'text';
    const show = (line: string): string => (isJson && isText ? JSON.stringify(parseLogLine(line)) : line);
    for (const line of lines === 0 ? [] : ring.lines().slice(-lines)) {
      asker.send({ kind: 'log', text: show(line) });
    }
    if (follows) {
      asker.onGone(ring.listen((text) => asker.sendLines(text.trimEnd().split('\n').map(show))));
    } else {
      asker.end({ kind: 'done' });
    }
  }

  async #trace({ worker: name }: RequestOf<'trace'>, asker: Conversation): Promise<void> {
    const { supervisor } = this.#parts;
    const found = findWorker(supervisor.fleet, name);
    if (found === undefined) {
      const known = [...supervisor.fleet.apps.values()].flatMap(({ workers }) =>
        [...workers.values()].map((each) => `${each.name} (pid ${each.pid})`),
      );
      const error = `there is no worker ${name}${known.length === 0 ? '' : `, but ${known.join(', ')}`}`;
      asker.end({ kind: 'refused', error });
      return;
    }
    const host = supervisor.hostOf(found.app);
    if (host === undefined) {
      asker.end({ kind: 'refused', error: `${name} has ended` });
      return;
    }
    const [traced, snapshot] = await Promise.all([
      this.#traces.trace(found.worker, host),
      supervisor.status.snapshot(),
    ]);
    const worker = snapshot.apps.flatMap(({ workers }) => workers).find(({ pid }) => pid === found.worker.pid);
    asker.end(
      traced.kind === 'refused' ? traced : { ...traced, requests: worker === undefined ? [] : runningIn(worker) },
    );
  }
}

/** A sentence if there is none, or none that can be meant. */
function findApp({ apps, stop, isStarted }: ServerFleet, name: string): AppFleet | string {
  const serving = [...apps.values()].filter(({ membership }) => membership === 'serving');
  const [first] = serving;
  if (stop !== undefined || !isStarted) {
    return `the server is ${isStarted ? 'stopping' : 'starting'}`;
  }
  if (first === undefined) {
    return 'the server has no application';
  }
  const names = serving.map(({ settings }) => settings.id).join(', ');
  if (name === '' && serving.length > 1) {
    return `the server has several applications: name one of ${names} by --app`;
  }
  const found = name === '' ? first : serving.find(({ settings: { id } }) => id === name || plainName(id) === name);
  return found ?? `there is no application ${name}, but ${names}`;
}

/** Why the number of workers cannot be this one. */
function whyNotScaled({ settings, isAlone }: AppFleet, workers: number): string | undefined {
  const most = workersMax(settings);
  if (isAlone && workers > 1) {
    return 'one worker serves, because no second can load the application';
  }
  return workers > most
    ? `there is room for ${most} workers at the most. Start the server with more (--workers)`
    : undefined;
}

type Scale = Omit<Extract<OperatorAnswer, { kind: 'scaled' }>, 'kind'>;

/** Undefined while it is not decided. */
function scaled({ apps, stop }: ServerFleet, { app, before, workers }: Scale): OperatorAnswer | undefined {
  const fleet = apps.get(app);
  if (stop !== undefined || fleet === undefined) {
    return { kind: 'refused', error: 'the server is stopping' };
  }
  if (fleet.target !== workers) {
    return { kind: 'refused', error: `the number of workers is ${fleet.target}: something else has changed it` };
  }
  return activeCount(fleet) === workers ? { kind: 'scaled', app, before, workers } : undefined;
}

/** Seats that a worker serves in; -1 while there is one too many. */
function activeCount({ workers, current, target }: AppFleet): number {
  const seats = [...workers.values()]
    .filter(({ generation, state }) => generation === current && (state === 'ready' || state === 'retiring'))
    .map(({ seat }) => seat);
  return seats.every((seat) => seat < target) ? new Set(seats).size : -1;
}

/** Of a name that several have, the one that is in service. */
const RANK: readonly FleetWorker['state'][] = ['ready', 'retiring', 'draining', 'starting', 'stopping'];

function findWorker({ apps }: ServerFleet, name: string): { app: AppId; worker: FleetWorker } | undefined {
  const all = [...apps].flatMap(([app, { workers }]) => [...workers.values()].map((worker) => ({ app, worker })));
  return all
    .filter(({ worker }) => worker.name === name || (worker.pid !== 0 && String(worker.pid) === name))
    .toSorted((one, other) => RANK.indexOf(one.worker.state) - RANK.indexOf(other.worker.state))[0];
}
