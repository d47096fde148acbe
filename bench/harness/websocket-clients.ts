// The process of the load. Its parent tells it what to open, when to run and for how long, and when to close; it is a
// process of its own so that what it costs can be told from what the harness costs.
//
//   node bench/harness/websocket-clients.ts '{"port":8000,"scene":"echo","clients":100}'     a child with IPC

import type { CrowdOptions, CrowdResult } from './websocket-crowd.ts';
import { WebsocketCrowd } from './websocket-crowd.ts';

export type Order = { readonly kind: 'run'; readonly seconds: number } | { readonly kind: 'close' };
export type Report =
  | { readonly kind: 'opened' }
  | { readonly kind: 'ran'; readonly result: CrowdResult }
  | { readonly kind: 'failed'; readonly fault: string };

const EXIT_OF_ORPHAN = 1;

function report(message: Report): void {
  process.send?.(message);
}

async function main(): Promise<void> {
  // The parent has gone: nobody wants the figures.
  process.on('disconnect', () => process.exit(EXIT_OF_ORPHAN));
  // What websocket-load.ts writes.
  const options = JSON.parse(process.argv[2] ?? '') as CrowdOptions;
  const crowd = await WebsocketCrowd.open(options);
  process.on('message', (order: Order) => {
    void obey(crowd, order);
  });
  report({ kind: 'opened' });
}

async function obey(crowd: WebsocketCrowd, order: Order): Promise<void> {
  if (order.kind === 'run') {
    report({ kind: 'ran', result: await crowd.run(order.seconds) });
    return;
  }
  await crowd.close();
  process.exit();
}

try {
  await main();
} catch (error) {
  report({ kind: 'failed', fault: error instanceof Error ? error.message : String(error) });
}
