/** The edge that runs now, and what the next edge in its place has to be told as well. */

import { resolve } from 'node:path';
import type { StaticFolder, UrlFolder } from '../../config/model/folders.ts';
import type { ConfigureEdge, Progress, ToEdge } from '../../protocol/control/edge.ts';
import type { AppFacts, WithheldFolder } from '../../protocol/control/zygote.ts';
import type { FleetFact } from '../fleet/fleet-types.ts';
import type { Log } from '../log/log.ts';
import type { Site } from '../prepare.ts';
import type { SpoolFolders } from '../spool-folders.ts';
import { appMounts, explicitMounts, explicitNamedFolders, withheldFolders } from '../static-mounts.ts';
import { factOfEdge } from './child-facts.ts';
import { EdgeChild } from './edge-child.ts';
import { configureEdge } from './edge-settings.ts';

export class EdgeHost {
  readonly #site: Site;
  readonly #spoolFolders: SpoolFolders;
  readonly #log: Log;
  readonly #onFact: (fact: FleetFact) => void;
  readonly #byHand: Pick<ConfigureEdge, 'mounts' | 'namedFolders'>;
  #appMounts: readonly StaticFolder[] = [];
  #appNamed: readonly UrlFolder[] = [];
  #withheld: readonly WithheldFolder[] = [];
  #progress: Progress = { progress: 'served' };
  #child: EdgeChild | undefined;

  constructor(site: Site, spoolFolders: SpoolFolders, log: Log, onFact: (fact: FleetFact) => void) {
    this.#site = site;
    this.#spoolFolders = spoolFolders;
    this.#log = log;
    this.#onFact = onFact;
    const absolute = (path: string): string => resolve(site.cwd, path);
    this.#byHand = {
      mounts: explicitMounts(site.model, absolute),
      namedFolders: explicitNamedFolders(site.model, absolute),
    };
  }

  get mounts(): readonly StaticFolder[] {
    return [...this.#byHand.mounts, ...this.#appMounts];
  }

  get namedFolders(): readonly UrlFolder[] {
    return [...this.#byHand.namedFolders, ...this.#appNamed];
  }

  get withheld(): readonly WithheldFolder[] {
    return this.#withheld;
  }

  start(): void {
    let reason = '';
    const child = new EdgeChild(this.#site.edgeProgram, configureEdge(this.#site, this.#byHand), this.#log, {
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
    if (this.#progress.progress !== 'served') {
      this.tellProgress(this.#progress);
    }
  }

  /** An edge that is started later is told as well. */
  tellProgress(progress: Progress): void {
    this.#progress = progress;
    this.send({ ...progress, kind: 'progress' });
  }

  send(message: ToEdge): void {
    this.#child?.send(message);
  }

  serveStatic(facts: AppFacts): void {
    this.#appMounts = appMounts(this.#site.model, facts);
    this.#withheld = withheldFolders(this.#site.model, facts);
    this.#appNamed = facts.named;
    this.send({ kind: 'static', mounts: this.#appMounts, namedFolders: this.#appNamed });
  }

  kill(): void {
    this.#child?.kill();
  }
}
