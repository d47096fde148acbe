/** Where the thread begins that checks passwords against slow hashes. */

import { parentPort } from 'node:worker_threads';
import type { CheckReply, CheckRequest } from './passwords/check-messages.ts';
import { checkSlow } from './passwords/slow-check.ts';

parentPort?.on('message', ({ id, password, stored }: CheckRequest) => {
  const reply: CheckReply = { id, isRight: checkSlow(Buffer.from(password, 'latin1'), stored) };
  parentPort?.postMessage(reply);
});
