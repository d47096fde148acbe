// B1, first half: from the command to the first answer.

import type { Bench } from '../harness/bench.ts';
import type { Measured } from '../harness/rounds.ts';
import { interleave } from '../harness/rounds.ts';
import { Server } from '../harness/server.ts';
import { boundGoal } from '../report/goals.ts';
import { formatNumber, MISSING } from '../report/numbers.ts';
import { OURS, renderSpread } from '../report/rates.ts';
import type { Goal, Panel, Table } from '../report/result.ts';
import { findMeasured, median, summarize } from '../report/statistics.ts';
import type { Kind } from '../servers/kind.ts';
import { WSGI_KINDS } from '../servers/peers.ts';

const SITE = { app: 'hello:application', workers: 1 };
const ROUNDS_MAX = 5;
const MS_MAX = 180;
const SLOWER_MS_MAX = 500;
const GUNICORN = 'nginx → gunicorn sync';
const MS = (value: number): string => `${formatNumber(value)} ms`;

export interface StartResult {
  readonly table: Table;
  readonly goals: readonly Goal[];
  readonly panel: Panel;
}

export async function measureStarts(bench: Bench): Promise<StartResult> {
  const contenders = WSGI_KINDS.map((kind) => ({ name: kind.name, measure: async () => measureStart(bench, kind) }));
  const measured = await interleave(contenders, Math.min(ROUNDS_MAX, bench.options.rounds));
  return {
    table: {
      caption: 'Start to first answer, ms',
      head: ['server', 'median', 'quartiles', 'faults'],
      rows: measured.map(toRow),
    },
    goals: goalsOf(measured),
    panel: {
      title: 'From the start to the first answer',
      unit: 'ms, less is better',
      bars: measured.map(({ name, samples }) => {
        const { low, median: value, high } = summarize(samples.map((sample) => sample.value));
        return { label: name, value, low, high, text: formatNumber(value) };
      }),
    },
  };
}

async function measureStart({ options, env }: Bench, kind: Kind) {
  const beganMs = performance.now();
  try {
    const server = await Server.start(kind, SITE, { peers: options.peers, env });
    const value = performance.now() - beganMs;
    await server.stop();
    return { value, faults: '' };
  } catch (error) {
    return {
      value: Number.NaN,
      faults: error instanceof Error ? error.message.split('\n', 1).join('') : String(error),
    };
  }
}

function toRow({ name, samples }: Measured): string[] {
  const times = summarize(samples.map(({ value }) => value));
  const fault = samples.find(({ faults }) => faults !== '')?.faults ?? '';
  return [name, formatNumber(times.median), fault === '' ? renderSpread(times, formatNumber) : MISSING, fault];
}

function goalsOf(measured: readonly Measured[]): Goal[] {
  const timesOf = (name: string): number => median(findMeasured(measured, name).samples.map(({ value }) => value));
  const ours = timesOf(OURS);
  const later = ours - timesOf(GUNICORN);
  return [
    boundGoal('start to first answer', ours, { atMost: MS_MAX }, { text: MS(ours), format: MS }),
    boundGoal(
      `start to first answer, beyond ${GUNICORN}`,
      later,
      { atMost: SLOWER_MS_MAX },
      { text: MS(later), format: MS },
    ),
  ];
}
