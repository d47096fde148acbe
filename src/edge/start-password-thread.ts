/** Starts the thread that checks passwords. It stands in this folder because the bundle has it here, and the path to the thread's own file is taken from here. */

import { extname } from 'node:path';
import type { CheckReply, CheckThread, CheckThreadEvents } from './passwords/check-messages.ts';

export function startPasswordThread(events: CheckThreadEvents): CheckThread {
  const { Worker } = process.getBuiltinModule('node:worker_threads');
  const worker = new Worker(new URL(`./password-thread${extname(import.meta.filename)}`, import.meta.url));
  let waitingCount = 0;
  let hasEnded = false;
  const end = (): void => {
    if (!hasEnded) {
      hasEnded = true;
      events.onEnd();
    }
  };
  worker.on('message', (reply: CheckReply) => {
    waitingCount -= 1;
    if (waitingCount === 0) {
      // An idle thread keeps no process alive.
      worker.unref();
    }
    events.onReply(reply);
  });
  worker.on('error', end);
  worker.on('exit', end);
  return {
    send: (request) => {
      waitingCount += 1;
      worker.ref();
      worker.postMessage(request);
    },
  };
}
