/** What the service manager and the list of processes are told of the server: its states as they change, and that it is alive. */

import { isEdgeThere } from './fleet/fleet-service.ts';
import type { ServerFleet, ServiceState } from './fleet/fleet-types.ts';
import { SUPERVISOR_LIMITS } from './limits.ts';
import type { Log } from './log/log.ts';
import type { PreparedServer } from './prepare.ts';
import { nameProcess } from './process-name.ts';
import type { ServerTitle } from './server-title.ts';
import { TitleWriter } from './server-title.ts';
import type { ServiceMessage } from './service-notifier.ts';
import { ServiceNotifier } from './service-notifier.ts';

/** sd_watchdog_enabled(3) recommends to speak twice as often as is asked for. */
const ALIVE_PER_DEADLINE = 2;

export class ServiceReport {
  readonly #server: PreparedServer;
  readonly #notifier: ServiceNotifier | undefined;
  readonly #title: TitleWriter;
  /** Whether the edge could answer when the service manager was last told that all is well. */
  #wasEdgeWell = true;

  constructor(server: PreparedServer, log: Log) {
    const { notifyFd, warnings } = server.manager;
    const onLost = (fault: string) =>
      log.say('warning', `the service manager is told nothing more: NOTIFY_SOCKET has failed (${fault})`);
    for (const warning of warnings) {
      log.say('warning', `the service manager is told nothing: ${warning}`);
    }
    this.#server = server;
    this.#title = new TitleWriter(server.model.process.title, nameProcess);
    this.#notifier = notifyFd === null ? undefined : new ServiceNotifier({ fd: notifyFd, onLost });
  }

  start(fleet: () => ServerFleet): void {
    const { watchdogUs } = this.#server.manager;
    this.#notifier?.tell(this.#messageOf('starting', ''));
    if (watchdogUs > 0) {
      setInterval(() => this.#tellAlive(fleet()), watchdogUs / 1000 / ALIVE_PER_DEADLINE).unref();
    }
  }

  tellTitle(title: ServerTitle): void {
    // nginx's title never changes, and a change would take the short name away that scripts know it by.
    if (this.#server.model.process.manner !== 'nginx') {
      this.#title.tell(title);
    }
  }

  tellState(state: ServiceState, { isOld, workers }: { readonly isOld: boolean; readonly workers: number }): void {
    const old = isOld ? '; the last reload has failed, the log says why' : '';
    this.#notifier?.tell(this.#messageOf(state, `serving ${this.#what(workers)}${old}`));
  }

  /** This server ends, and the one that has replaced it is the service from now on. */
  handOver(pid: number): void {
    this.#notifier?.tell({ kind: 'replaced', pid });
  }

  /** What is served, in the operator's words. */
  #what(workers: number): string {
    const { apps, process } = this.#server.model;
    const names = apps.map(({ target }) => target || 'the project').join(', ');
    return apps.length === 0 ? process.title : `${names} with ${workers} worker${workers === 1 ? '' : 's'}`;
  }

  /** The service manager is told how long a start, a reload and the end may take by our own timeouts. */
  #messageOf(state: ServiceState, status: string): ServiceMessage {
    const { edge, apps } = this.#server.model;
    const timeoutMs =
      state === 'stopping' ? edge.gracefulMs : Math.max(edge.startMs, ...apps.map(({ timeouts }) => timeouts.startMs));
    return state === 'ready'
      ? { kind: state, status }
      : { kind: state, limitMs: timeoutMs + SUPERVISOR_LIMITS.serviceMarginMs };
  }

  /**
   * A call of this shows that the supervisor's loop turns. An edge that is being replaced has time until the next call. Without an edge for longer
   * nobody is served, so the watchdog is not fed, and the service manager starts everything anew.
   */
  #tellAlive(fleet: ServerFleet): void {
    const isEdgeWell = isEdgeThere(fleet);
    if (isEdgeWell || this.#wasEdgeWell) {
      this.#notifier?.tell({ kind: 'alive' });
    }
    this.#wasEdgeWell = isEdgeWell;
  }
}
