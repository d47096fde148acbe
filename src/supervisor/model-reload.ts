/**
 * A reload of the configuration, as a transaction: it is read, prepared beside the present one (sockets are bound, the edge compiles it), and put in its place. Whatever
 * fails before that leaves everything as it was, and the log says why.
 */

import { renderBindAddress } from '../config/bind-address.ts';
import { allListeners } from '../config/model/all-listeners.ts';
import { edgeModel } from '../config/model/edge-model.ts';
import type { Listening } from '../config/model/listening.ts';
import type { ServerModel } from '../config/model/server-model.ts';
import type { Clock } from '../kernel/clock.ts';
import { isEqual } from '../kernel/is-equal.ts';
import type { Outcome } from '../kernel/outcome.ts';
import { failure, success } from '../kernel/outcome.ts';
import type { BoundListener } from '../protocol/control/edge.ts';
import type { AppChanges } from './app-changes.ts';
import type { AppChange } from './app-instances.ts';
import { CertificateKeeper } from './certificate-keeper.ts';
import type { EdgeHost } from './children/edge-host.ts';
import { workersOf } from './children/edge-host.ts';
import { keepWhatStays } from './kept-settings.ts';
import type { ShownLogs } from './log/hidden-logs.ts';
import { showHiddenLogs } from './log/hidden-logs.ts';
import { closeLogs, openLogsAgain } from './log/leave-logs.ts';
import type { Log } from './log/log.ts';
import type { PreparedServer } from './prepare.ts';
import { boundListeners, spokenAt } from './prepare.ts';
import type { Identity } from './privileges.ts';
import type { OpenSocket } from './sockets/given-sockets.ts';
import type { BindPlace, BoundSocket } from './sockets/sockets.ts';
import { bindSockets } from './sockets/sockets.ts';
import { isNamedApart, spreadWildcards } from './sockets/spread-wildcards.ts';
import { tlsSourcesOf } from './tls-contexts.ts';

/** Reads the configuration again. The failure has a sentence for each fault. */
export type ModelSource = () => Promise<Outcome<ServerModel, readonly string[]>>;

export interface ModelReloadParts {
  readonly source: ModelSource;
  readonly server: PreparedServer;
  readonly edge: Pick<EdgeHost, 'ask' | 'give' | 'kill' | 'send' | 'startCount' | 'whenReady'>;
  readonly apps: Pick<AppChanges, 'adopt' | 'drop' | 'giveUp' | 'plan' | 'start'>;
  readonly log: Log;
  readonly clock: Clock;
  /** Has the present certificate read again. */
  readonly renewCertificate: () => Promise<void>;
}

interface NewPlan {
  readonly model: ServerModel;
  /** Asked when the edge is ready: it is given sockets for this plan. */
  readonly listeners: () => readonly BoundListener[];
  readonly certificates: CertificateKeeper;
}

/** `same`: the configuration says what it said before. `superseded`: another reload was asked for, and this one was given up for it. */
export type ModelChange = 'changed' | 'same' | 'refused' | 'superseded';

/** Not for the log, which says it in other words. */
const AGAIN = 'superseded';
const EDGE_GONE = 'the edge has not answered, or was replaced meanwhile. Reload again';

export class ModelReload {
  readonly #parts: ModelReloadParts;
  #plan = 0;
  #last: Promise<unknown> = Promise.resolve();
  /** How many reloads were asked for while one runs. */
  #waiting = 0;
  /** The end of what the reload before has started in vain. */
  #dropped: Promise<void> = Promise.resolve();
  /** As it was read last: `server.model` has kept some of what was before it. */
  #read: ServerModel;
  #faults: readonly string[] = [];

  constructor(parts: ModelReloadParts) {
    this.#parts = parts;
    this.#read = parts.server.model;
  }

  /** Why the configuration that was refused last cannot be served. */
  get faults(): readonly string[] {
    return this.#faults;
  }

  /** One after the other. Who asks again does not want what the one that runs is loading: it may be what was mended meanwhile, and hang. */
  run(): Promise<ModelChange> {
    this.#waiting += 1;
    this.#parts.apps.giveUp(AGAIN);
    const result = this.#last.then(() => this.#run());
    this.#last = result.then(() => this.#dropped);
    return result;
  }

  /** The edge takes no connections any more: those that are open finish, and the sockets are kept. Resolves with what is in the way. */
  rest(): Promise<string | undefined> {
    return this.#inTurn(async () => {
      const fault = await this.#listenAt(() => []);
      if (fault === undefined) {
        // Also for an edge that follows this one.
        Object.assign(this.#parts.server, { listeners: [] });
      }
      return fault;
    });
  }

  /** After `rest`: connections are taken again. */
  wake(): Promise<void> {
    return this.#inTurn(async () => {
      const { server, edge } = this.#parts;
      const { model, sockets } = server;
      const fault = await this.#listenAt(() => this.#listenersFor(sockets, model));
      Object.assign(server, { listeners: boundListeners(sockets, model) });
      if (fault !== undefined) {
        // The edge that follows is started with them.
        edge.kill();
      }
    });
  }

  /** The present model is compiled anew, by what is known now of certificates. Resolves with what is in the way. */
  renewPlan(): Promise<string | undefined> {
    const { server } = this.#parts;
    // While it rests it has sockets, and listens to none.
    return this.#inTurn(() =>
      this.#listenAt(() => (server.listeners.length === 0 ? [] : this.#listenersFor(server.sockets, server.model))),
    );
  }

  #inTurn<T>(act: () => Promise<T>): Promise<T> {
    const result = this.#last.then(act);
    this.#last = result;
    return result;
  }

  /** The present model, at these addresses alone. Resolves with what is in the way. */
  async #listenAt(listeners: NewPlan['listeners']): Promise<string | undefined> {
    const { server } = this.#parts;
    const [fault] = await this.#changePlan({ model: server.model, listeners, certificates: server.certificates }, () =>
      Promise.resolve([]),
    );
    return fault;
  }

  async #run(): Promise<ModelChange> {
    const { source, server, log } = this.#parts;
    this.#waiting -= 1;
    const read = await source();
    if (!read.ok) {
      return this.#refuse(read.fault);
    }
    // The machine may have been given an address meanwhile.
    if (isEqual(read.value, this.#read) && spreadOver(server.model, server.sockets).length === 0) {
      return 'same';
    }
    const { model, notes } = keepWhatStays(server.model, read.value);
    for (const note of notes) {
      log.say('warning', note);
    }
    const planned = this.#parts.apps.plan(model);
    const exchanged = planned.ok ? await this.#exchangeOrDrop(planned.value) : planned;
    if (!exchanged.ok) {
      return this.#refuse(exchanged.fault);
    }
    this.#read = read.value;
    return 'changed';
  }

  #refuse(faults: readonly string[]): 'refused' | 'superseded' {
    const { log, server } = this.#parts;
    if (this.#waiting > 0 && faults.some((fault) => fault.endsWith(AGAIN))) {
      log.say('info', 'reloading again; what the reload before had loaded is thrown away');
      return 'superseded';
    }
    this.#faults = faults;
    for (const fault of faults) {
      log.say(server.model.process.manner === 'nginx' ? 'emerg' : 'error', fault);
    }
    log.say('error', 'the configuration was not changed: the one before is served on');
    return 'refused';
  }

  async #exchangeOrDrop(change: AppChange): Promise<Outcome<undefined, readonly string[]>> {
    const exchanged = await this.#exchange(change);
    if (!exchanged.ok) {
      this.#dropped = this.#parts.apps.drop(change);
    }
    return exchanged;
  }

  async #exchange(change: AppChange): Promise<Outcome<undefined, readonly string[]>> {
    const { server } = this.#parts;
    const { model } = change;
    const certificates = await this.#certificatesFor(model);
    if (!certificates.ok) {
      return certificates;
    }
    const logs = openLogsAgain(model, server.identity);
    if (!logs.ok) {
      return logs;
    }
    const sockets = await this.#socketsFor(model);
    if (!sockets.ok) {
      closeLogs(logs.value);
      return sockets;
    }
    const listeners = () => this.#listenersFor(sockets.value, model);
    // Workers of new applications are let in by the plan that waits. Nothing of what runs is touched until they can serve.
    const faults = await this.#changePlan({ model, listeners, certificates: certificates.value }, async () => {
      const isUnwanted = this.#waiting > 0 && change.added.length > 0;
      return isUnwanted ? [AGAIN] : this.#parts.apps.start(change, certificates.value);
    });
    if (faults.length > 0) {
      closeLogs(logs.value);
      for (const socket of sockets.value.filter((each) => !isAmong(each, server.sockets))) {
        socket.close();
      }
      return failure(faults);
    }
    closeLogs(server.logs);
    Object.assign(server, { logs: logs.value });
    this.#adopt(model, sockets.value, certificates.value);
    this.#parts.apps.adopt(change, this.#plan);
    return success(undefined);
  }

  /** Other files are read before anything is changed; the same ones may hold another certificate, which is in use from now on whatever becomes of the reload. */
  async #certificatesFor(model: ServerModel): Promise<Outcome<CertificateKeeper, readonly string[]>> {
    const { server, clock, renewCertificate } = this.#parts;
    const sources = tlsSourcesOf(model);
    if (!isEqual(sources, tlsSourcesOf(server.model))) {
      const { identity, certificates: before } = server;
      return CertificateKeeper.open(sources, { clock, identity, before });
    }
    await renewCertificate();
    return success(server.certificates);
  }

  /** `between`: what is done while the plan waits. Resolves with what is in the way; with nothing, if it is done. */
  async #changePlan(
    { model, listeners, certificates }: NewPlan,
    between: () => Promise<readonly string[]>,
  ): Promise<readonly string[]> {
    const { server, edge } = this.#parts;
    const shown = await showLogs(model, server.identity);
    if (!shown.ok) {
      return [shown.fault];
    }
    await edge.whenReady();
    const edgeNumber = edge.startCount;
    this.#plan += 1;
    const plan = this.#plan;
    const prepared = await edge.ask({
      kind: 'prepare',
      plan,
      model: edgeModel(model, certificates.upstreamTls),
      listeners: listeners(),
      logs: model.logs.map(() => null),
      logPlaces: shown.value.places,
      workers: workersOf({ model, secrets: server.secrets, slots: server.slots }),
      tls: certificates.tls,
    });
    shown.value.end();
    switch (prepared.kind) {
      case 'refused':
        return [prepared.message];
      case 'gone':
        edge.send({ kind: 'abandon', plan });
        return [EDGE_GONE];
      default: {
        const faults = await between();
        if (faults.length > 0 || edge.startCount !== edgeNumber) {
          edge.send({ kind: 'abandon', plan });
          return faults.length > 0 ? faults : [EDGE_GONE];
        }
        const committed = await edge.ask({ kind: 'commit', plan });
        if (committed.kind !== 'committed') {
          // Perhaps some of its threads have changed and others not. The edge that follows is told the present model.
          edge.kill();
          return [EDGE_GONE];
        }
        return [];
      }
    }
  }

  #listenersFor(sockets: readonly OpenSocket[], model: ServerModel): readonly BoundListener[] {
    return sockets.map((socket) => this.#listenerFor(socket, model));
  }

  /** An address that the edge serves already is known to it; of all others it is given the sockets. */
  #listenerFor(socket: OpenSocket, model: ServerModel): BoundListener {
    const { server, edge } = this.#parts;
    const spoken = spokenAt(socket.listener, model);
    const present = server.sockets.findIndex((each) => each.close === socket.close);
    const before = server.listeners[present];
    const isServed = before?.isTls === spoken.isTls && before.isStream === spoken.isStream;
    return {
      ...socket.address,
      listener: socket.listener,
      ...spoken,
      fds: isServed ? socket.address.fds : edge.give(socket.handles),
    };
  }

  /** In the order of the model's listeners: those that are open already, and new ones for addresses that no socket is bound to. */
  async #socketsFor(model: ServerModel): Promise<Outcome<readonly OpenSocket[], readonly string[]>> {
    const { server } = this.#parts;
    const addresses = allListeners(model).map(({ address }) => address);
    const kept = allListeners(model).flatMap((of, listener) =>
      server.sockets
        .filter((socket) => {
          const before = allListeners(server.model)[socket.listener];
          const isOf = before !== undefined && keyOf(before) === keyOf(of);
          return isOf && !isNamedApart(socket.address, of.address, addresses);
        })
        .map((socket) => ({ ...socket, listener })),
    );
    const { edge, process: settings } = model;
    const own = server.sockets.map(({ address }) => address);
    const missing = placesOf(model).filter(({ listener }) => !kept.some((socket) => socket.listener === listener));
    const places = [...missing, ...spreadOver(model, kept)];
    const bound = await bindSockets(
      places,
      { edgeThreads: edge.threads, umask: settings.umask, manner: settings.manner, own },
      server.identity,
    );
    if (!bound.ok) {
      return bound;
    }
    const fresh = bound.value.map((socket, index) => ({ ...socket, listener: places[index]?.listener ?? 0 }));
    return success([...kept, ...fresh].toSorted((one, other) => one.listener - other.listener));
  }

  /** What all parts of the supervisor hold is one object, so that each goes by the new configuration from now on. */
  #adopt(model: ServerModel, sockets: readonly OpenSocket[], certificates: CertificateKeeper): void {
    const { server, edge, log } = this.#parts;
    const gone = server.sockets.filter((socket) => !isAmong(socket, sockets));
    const isRenewed = certificates !== server.certificates;
    Object.assign(server, { model, sockets, listeners: boundListeners(sockets, model), certificates });
    const { tls } = certificates;
    if (tls !== undefined) {
      // The edge has those of the `prepare`. Since then the files may have been renewed.
      edge.send({ kind: 'tls', tls });
    }
    for (const warning of isRenewed ? (certificates.describe()?.warnings ?? []) : []) {
      log.say('warning', warning);
    }
    for (const socket of gone) {
      socket.close();
    }
  }
}

type ListenedPlace = BindPlace & { readonly listener: number };

function placesOf(model: ServerModel): readonly ListenedPlace[] {
  return allListeners(model).flatMap(({ address, isIpv6Only, unix }, listener) =>
    address === undefined ? [] : [{ listener, address, isIpv6Only, ...(unix === undefined ? {} : { unix }) }],
  );
}

function spreadOver(model: ServerModel, sockets: readonly OpenSocket[]): readonly ListenedPlace[] {
  return spreadWildcards(
    placesOf(model),
    sockets.map(({ address }) => address),
  );
}

async function showLogs(model: ServerModel, identity: Identity | undefined): Promise<Outcome<ShownLogs>> {
  try {
    return success(await showHiddenLogs(model, identity));
  } catch (error) {
    return failure((error as Error).message);
  }
}

/** Objects about one socket have its `close` in common. */
function isAmong(socket: BoundSocket, sockets: readonly BoundSocket[]): boolean {
  return sockets.some((each) => each.close === socket.close);
}

function keyOf({ address, isIpv6Only }: Listening): string {
  return address === undefined ? '' : `${renderBindAddress(address)} ${isIpv6Only}`;
}
