import type { Bench } from '../harness/bench.ts';
import type { CaseResult } from '../report/result.ts';
import { runAsgi } from './asgi.ts';
import { runBodies } from './bodies.ts';
import { runConnections } from './connections.ts';
import { runDjango } from './django.ts';
import { runGrowth } from './growth.ts';
import { runHandshakeRates } from './handshakes.ts';
import { runHello } from './hello.ts';
import { runIdle } from './idle.ts';
import { runMemory } from './memory.ts';
import { runNginxFile } from './nginx-file.ts';
import { runProxying } from './proxying.ts';
import { runStartAndReload } from './start-and-reload.ts';
import { runStaticFiles } from './static-files.ts';
import { runUneven } from './uneven.ts';
import { runWebsockets } from './websockets.ts';

export interface Case {
  readonly id: string;
  readonly run: (bench: Bench) => Promise<CaseResult>;
  /** Nothing of it runs Python, so that its servers need no virtual environment. */
  readonly isWithoutPython?: boolean;
}

/** In the order in which they are run and reported. */
export const CASES: readonly Case[] = [
  { id: 'W1', run: runHello },
  { id: 'W2', run: runDjango },
  { id: 'W3', run: runBodies },
  { id: 'W4', run: runUneven },
  { id: 'A1', run: runAsgi },
  { id: 'A2', run: runWebsockets },
  { id: 'S1', run: runStaticFiles },
  { id: 'N1', run: runNginxFile },
  { id: 'P1', run: runProxying, isWithoutPython: true },
  { id: 'T1', run: runHandshakeRates, isWithoutPython: true },
  { id: 'G1', run: runGrowth },
  { id: 'M1', run: runMemory },
  { id: 'M2', run: runConnections, isWithoutPython: true },
  { id: 'B1', run: runStartAndReload },
  { id: 'IDLE', run: runIdle },
];
