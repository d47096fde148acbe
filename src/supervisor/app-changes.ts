/**
 * Applications of a new configuration, beside those that run: they have places for their workers and secrets of their own, are loaded, and either become the
 * server's or are taken back.
 */

import { setTimeout as sleep } from 'node:timers/promises';
import type { App, AppId } from '../config/model/app.ts';
import type { ServerModel } from '../config/model/server-model.ts';
import { assert } from '../kernel/assert.ts';
import { omit } from '../kernel/omit.ts';
import type { Outcome } from '../kernel/outcome.ts';
import { failure, success } from '../kernel/outcome.ts';
import type { AppChange } from './app-instances.ts';
import { changeApps } from './app-instances.ts';
import type { CertificateKeeper } from './certificate-keeper.ts';
import type { AppHost, AppSurroundings } from './children/app-host.ts';
import type { EdgeHost } from './children/edge-host.ts';
import type { FleetCommand } from './fleet/fleet-types.ts';
import { appSettings, serverSettings, slotsMaxOf } from './fleet-settings.ts';
import { SUPERVISOR_LIMITS } from './limits.ts';
import type { PreparedServer } from './prepare.ts';
import { checkApplications, newSecret } from './prepare.ts';

export interface AppChangesParts {
  readonly server: PreparedServer;
  readonly edge: EdgeHost;
  /** Of all applications that have a process, by name. */
  readonly hosts: Map<AppId, AppHost>;
  readonly newHost: (app: App, of: Pick<AppSurroundings, 'model' | 'certificates'>) => AppHost;
  readonly command: (command: FleetCommand) => void;
}

export class AppChanges {
  readonly #parts: AppChangesParts;
  /** What is to be told of the applications that join: the fault, or undefined. */
  readonly #joining = new Map<AppId, (fault: string | undefined) => void>();
  /** Those that have joined in vain and still have a process: what is to be called when they have none. */
  readonly #dropped = new Map<AppId, () => void>();

  constructor(parts: AppChangesParts) {
    this.#parts = parts;
  }

  /** Takes names, places and secrets for what is new; `drop` gives them back. The failure has a sentence for each fault. */
  plan(model: ServerModel): Outcome<AppChange, readonly string[]> {
    const { server, hosts } = this.#parts;
    const change = changeApps(server.model, model, new Set(hosts.keys()));
    const { added } = change;
    const faults = checkApplications({ ...change.model, apps: added }, server, server.identity);
    if (faults.length > 0) {
      return failure(faults);
    }
    if (added.some((app) => !server.slots.take(app.id, slotsMaxOf(app)))) {
      this.#giveBack(added);
      return failure([
        `there is no room for the workers of ${added.map(({ id }) => id).join(', ')} beside those that run: a reload may add about as many as the server has started with. Stop it and start it again`,
      ]);
    }
    const secrets = Object.fromEntries(added.map(({ id }) => [id, newSecret()]));
    Object.assign(server, { secrets: { ...server.secrets, ...secrets } });
    return success(change);
  }

  /** Starts what is new, and waits until it can serve. Resolves with a sentence for each fault. */
  async start({ model, added }: AppChange, certificates: CertificateKeeper): Promise<readonly string[]> {
    const settings = new Map(appSettings(model, this.#parts.server.slots).map((each) => [each.id, each]));
    const faults = added.map(
      (app) =>
        new Promise<string | undefined>((resolve) => {
          const own = settings.get(app.id);
          assert(own !== undefined, 'each application of a model has settings');
          this.#await(app, resolve);
          this.#parts.hosts.set(app.id, this.#parts.newHost(app, { model, certificates }));
          this.#parts.command({ kind: 'join-app', settings: own });
        }),
    );
    return (await Promise.all(faults)).filter((fault) => fault !== undefined);
  }

  /** It may be loaded twice, once to find that each worker must do so; a worker that cannot start is tried again without an end. */
  #await({ id, timeouts }: App, resolve: (fault: string | undefined) => void): void {
    const patienceMs = SUPERVISOR_LIMITS.joinLoads * (timeouts.startMs + SUPERVISOR_LIMITS.tracebackMs);
    const timer = setTimeout(
      () => this.#settle(id, `not all of its workers were ready within ${patienceMs / 1000} s`),
      patienceMs,
    );
    timer.unref();
    this.#joining.set(id, (fault) => {
      clearTimeout(timer);
      resolve(fault === undefined ? undefined : `${id}: ${fault}`);
    });
  }

  #settle(id: AppId, fault: string | undefined): void {
    this.#joining.get(id)?.(fault);
    this.#joining.delete(id);
  }

  /** Nobody waits any longer for those that join. */
  giveUp(why: string): void {
    for (const id of [...this.#joining.keys()]) {
      this.#settle(id, why);
    }
  }

  onJoined(id: AppId): void {
    this.#settle(id, undefined);
  }

  onRefused(id: AppId, error: string, traceback: string): void {
    const shown = traceback === '' ? '' : `\n${traceback.trimEnd()}`;
    this.#settle(id, `the application could not be loaded: ${error}${shown}`);
  }

  /** The new configuration is served. Requests that have begun in the one before may still be on their way to what is gone, behind a rate or an `auth_request`. */
  adopt({ gone }: AppChange, plan: number): void {
    this.#parts.command({ kind: 'change-apps', settings: serverSettings(this.#parts.server.model) });
    if (gone.length > 0) {
      this.#parts.edge.whenAnswered(plan, () => this.#parts.command({ kind: 'drop-apps', ids: gone }));
    }
  }

  /** It is not. What has a process gives its place back when that has ended. Resolves then, so that the next reload finds the room that this one has found. */
  async drop({ added }: AppChange): Promise<void> {
    const { hosts, command } = this.#parts;
    const ends = added
      .filter(({ id }) => hosts.has(id))
      .map(({ id }) => new Promise<void>((resolve) => this.#dropped.set(id, resolve)));
    command({ kind: 'drop-apps', ids: added.map(({ id }) => id) });
    this.#giveBack(added.filter(({ id }) => !hosts.has(id) && !this.#dropped.has(id)));
    await Promise.race([Promise.all(ends), sleep(SUPERVISOR_LIMITS.dropMs, undefined, { ref: false })]);
  }

  /** Its last process has ended. */
  onForgotten(id: AppId): void {
    const { hosts, edge } = this.#parts;
    void hosts.get(id)?.zygotes.endRest();
    hosts.delete(id);
    edge.forget(id);
    this.#giveBack([{ id }]);
    this.#dropped.get(id)?.();
    this.#dropped.delete(id);
  }

  #giveBack(apps: readonly Pick<App, 'id'>[]): void {
    const { server } = this.#parts;
    for (const { id } of apps) {
      server.slots.give(id);
    }
    Object.assign(server, { secrets: omit(server.secrets, ...apps.map(({ id }) => id)) });
  }
}
