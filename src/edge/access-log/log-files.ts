/**
 * The logs that an edge thread has open. Plans share them: a plan that follows another finds the files of the same name open, and a file is closed when the last
 * plan that names it has ended. Nothing that is written by one of two plans stands inside a line of the other.
 */

import type { LogTarget, SyslogTarget } from '../../config/model/logs.ts';
import { syslogHead } from '../../config/model/syslog-words.ts';
import { SyslogSender } from '../../kernel/syslog-sender.ts';
import type { LogPlace } from '../../protocol/control/edge.ts';
import type { Gathering } from './line-collector.ts';
import { LineCollector } from './line-collector.ts';
import { LineWriter } from './line-writer.ts';
import { NamedLogs } from './named-logs.ts';

interface Open {
  flush(): void;
  /** After rotation. */
  reopen(): void;
  /** What is written later opens it again. */
  close(): void;
}

/** What is open, by what it is. */
class Shared<T extends Open> {
  readonly #held = new Map<string, { readonly item: T; holders: number }>();

  take(key: string, open: () => T): T {
    const known = this.#held.get(key);
    if (known !== undefined) {
      known.holders += 1;
      return known.item;
    }
    const item = open();
    this.#held.set(key, { item, holders: 1 });
    return item;
  }

  release(key: string): void {
    const held = this.#held.get(key);
    if (held !== undefined) {
      held.holders -= 1;
      if (held.holders === 0) {
        this.#held.delete(key);
        held.item.close();
      }
    }
  }

  *items(): Iterable<T> {
    for (const { item } of this.#held.values()) {
      yield item;
    }
  }
}

export class LogFiles {
  readonly #onError: (text: string) => void;
  readonly #hostname: string;
  readonly #writers = new Shared<LineWriter>();
  readonly #collectors = new Shared<LineCollector>();
  readonly #named = new Shared<NamedLogs>();
  readonly #senders = new Shared<SyslogSender>();
  #places: ReadonlyMap<string, string> = new Map();

  constructor(hostname: string, onError: (text: string) => void) {
    this.#hostname = hostname;
    this.#onError = onError;
  }

  /** For a plan, which closes it when it has ended. */
  lease(): LogLease {
    return new LogLease({
      onError: this.#onError,
      hostname: this.#hostname,
      writers: this.#writers,
      collectors: this.#collectors,
      named: this.#named,
      senders: this.#senders,
      placeOf: (path) => this.#places.get(path) ?? path,
    });
  }

  /** Does something that opens logs, some of which can be opened at other places now; later the names of these may stand for something else. */
  withPlaces<T>(places: readonly LogPlace[], act: () => T): T {
    this.#places = new Map(places.map(({ path, place }) => [path, place]));
    try {
      return act();
    } finally {
      this.#places = new Map();
    }
  }

  /** Log files have been moved away. */
  reopen(): void {
    for (const item of this.#items()) {
      item.reopen();
    }
  }

  flush(): void {
    for (const item of this.#items()) {
      item.flush();
    }
  }

  #items(): Open[] {
    return [...this.#writers.items(), ...this.#collectors.items(), ...this.#named.items(), ...this.#senders.items()];
  }
}

interface LeaseParts {
  readonly onError: (text: string) => void;
  readonly hostname: string;
  readonly writers: Shared<LineWriter>;
  readonly collectors: Shared<LineCollector>;
  readonly named: Shared<NamedLogs>;
  readonly senders: Shared<SyslogSender>;
  readonly placeOf: (path: string) => string;
}

/** The logs of one plan. */
export class LogLease {
  readonly #parts: LeaseParts;
  readonly #taken: (() => void)[] = [];

  constructor(parts: LeaseParts) {
    this.#parts = parts;
  }

  #take<T extends Open>(shared: Shared<T>, key: string, open: () => T): T {
    const item = shared.take(key, open);
    this.#taken.push(() => shared.release(key));
    return item;
  }

  /**
   * Lines that are in the file when they are written. `fd`: somebody else has opened it, who may have been allowed more; a plan that follows has the same file by
   * its path. Throws what open(2) throws.
   */
  writer(path: string, kind: string, fd?: number): LineWriter {
    const { writers, onError, placeOf } = this.#parts;
    return this.#take(writers, path, () => new LineWriter(path, onError, { fd, kind, placeOf }));
  }

  /** Lines that leave together. Throws what open(2) throws. */
  collector(path: string, fd: number | undefined, gathering: Gathering): LineCollector {
    const { collectors, onError, placeOf } = this.#parts;
    const { bytesMax, delayMs, gzipLevel } = gathering;
    return this.#take(collectors, `${bytesMax} ${delayMs} ${gzipLevel} ${path}`, () => {
      const writer = new LineWriter(path, onError, { fd, isBinary: gzipLevel > 0, placeOf });
      return new LineCollector(writer, gathering);
    });
  }

  named(kept: LogTarget['kept']): NamedLogs {
    const { named, onError } = this.#parts;
    return this.#take(named, JSON.stringify(kept ?? {}), () => new NamedLogs(kept, onError));
  }

  syslog(sink: SyslogTarget): SyslogSender {
    const { senders, hostname, onError } = this.#parts;
    return this.#take(
      senders,
      JSON.stringify(sink),
      () => new SyslogSender(sink.server, syslogHead(sink, hostname), onError),
    );
  }

  close(): void {
    for (const release of this.#taken.splice(0)) {
      release();
    }
  }
}
