/** What the calls and the lanes of one gateway share. */

import type { Clock } from '../kernel/clock.ts';
import { FRAME_LIMITS } from '../protocol/lanes/frames.ts';
import { BlockPool } from '../relay/body/block-pool.ts';
import type { MemoryBudgets } from '../relay/memory-budget.ts';
import type { SpoolSpace } from '../relay/spool/spool-space.ts';
import type { GatewayOptions, GatewaySettings } from './gateway-options.ts';
import { DirtyOutputs } from './lanes/dirty-outputs.ts';
import type { LaneOutput } from './lanes/lane-output.ts';
import { WorkerHeadMemo } from './lanes/response-head.ts';
import type { NamedFileSender } from './named-file-sender.ts';

export type CallServicesOptions = Pick<
  GatewayOptions,
  'settings' | 'clock' | 'space' | 'memory' | 'namedFiles' | 'firstStream' | 'log' | 'onBug'
>;

export class CallServices {
  /** A reload may change what is in it. */
  readonly settings: GatewaySettings;
  readonly space: SpoolSpace;
  readonly memory: MemoryBudgets;
  /** Undefined: a head that names a file is passed on like others. */
  readonly namedFiles: NamedFileSender | undefined;
  readonly blocks: BlockPool = new BlockPool();
  readonly memo: WorkerHeadMemo = new WorkerHeadMemo();
  readonly #clock: Clock;
  readonly #log: GatewayOptions['log'];
  readonly #dirty: DirtyOutputs;
  #stream: number;

  constructor(options: CallServicesOptions) {
    this.settings = options.settings;
    this.space = options.space;
    this.memory = options.memory;
    this.namedFiles = options.namedFiles;
    this.#clock = options.clock;
    this.#log = (level, text) => options.log(level, text);
    this.#dirty = new DirtyOutputs((error) => options.onBug('what is sent on a lane', error));
    this.#stream = options.firstStream;
  }

  monotonicMs(): number {
    return this.#clock.monotonicMs();
  }

  log(level: 'info' | 'warning' | 'error', text: string): void {
    this.#log(level, text);
  }

  /** Counted over all lanes, so that a record of an earlier worker on the board is never taken for a present one. */
  nextStream(): number {
    this.#stream = this.#stream >= FRAME_LIMITS.streamMax ? 1 : this.#stream + 1;
    return this.#stream;
  }

  /** Bytes wait to be written on a lane: they leave before the loop goes to sleep. */
  onDirty(output: LaneOutput): void {
    this.#dirty.add(output);
  }
}
