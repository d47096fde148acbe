/** The edge that runs now, and what the next edge in its place has to be told as well. */

import { edgeModel } from '../../config/model/edge-model.ts';
import type { ConfigureEdge, ServeStatic, SetProgress, ToEdge } from '../../protocol/control/edge.ts';
import type { FleetFact } from '../fleet/fleet-types.ts';
import { appSettings } from '../fleet-settings.ts';
import type { Log } from '../log/log.ts';
import type { PreparedServer } from '../prepare.ts';
import type { SpoolFolders } from '../spool-folders.ts';
import { spoolParents } from '../spool-folders.ts';
import { factOfEdge } from './child-facts.ts';
import { EdgeChild } from './edge-child.ts';

/** What an edge is told of an application, and the next edge as well. */
type Told = ServeStatic | SetProgress;

export class EdgeHost {
  readonly #server: PreparedServer;
  readonly #spoolFolders: SpoolFolders;
  readonly #log: Log;
  readonly #onFact: (fact: FleetFact) => void;
  readonly #told = new Map<string, Told>();
  #child: EdgeChild | undefined;

  constructor(server: PreparedServer, spoolFolders: SpoolFolders, log: Log, onFact: (fact: FleetFact) => void) {
    this.#server = server;
    this.#spoolFolders = spoolFolders;
    this.#log = log;
    this.#onFact = onFact;
  }

  start(): void {
    let reason = '';
    const child = new EdgeChild(this.#server.edgeProgram, configureEdge(this.#server), this.#log, {
      onMessage: (message) => {
        if (message.kind === 'log') {
          this.#log.say(message.level, message.text, { pid: child.pid, name: 'edge' });
        } else if (message.kind === 'fatal') {
          reason = message.message;
        } else if (message.kind === 'spool-folder') {
          this.#spoolFolders.adopt(message);
        }
        const fact = factOfEdge(message);
        if (fact !== undefined) {
          this.#onFact(fact);
        }
      },
      onExit: (cause) => {
        this.#spoolFolders.removeAll();
        this.#onFact({ kind: 'edge-exited', cause, message: reason });
      },
    });
    this.#child = child;
    for (const message of this.#told.values()) {
      this.send(message);
    }
  }

  /** An edge that is started later is told as well. */
  tell(message: Told): void {
    this.#told.set(`${message.kind} ${message.app}`, message);
    this.send(message);
  }

  send(message: ToEdge): void {
    this.#child?.send(message);
  }

  kill(): void {
    this.#child?.kill();
  }
}

/** What the edge is told before anything else. */
function configureEdge(server: PreparedServer): ConfigureEdge {
  const { model, listeners, wires, logs, secrets, slotsMax, certificates } = server;
  return {
    kind: 'configure',
    model: edgeModel(model),
    listeners,
    lanes: wires.listening,
    logs,
    spoolParents: spoolParents(server.env),
    workers: appSettings(model).map(({ id, firstSlot, slotsMax }) => ({
      app: id,
      secret: secrets[id] ?? '',
      firstSlot,
      slotsMax,
    })),
    board: wires.board,
    slotsMax,
    tls: certificates.current?.tls,
  };
}
