/** Asks the edge what it knows of workers and requests. Each of its threads answers; one that stands still keeps nobody waiting for longer than a moment. */

import type { AppReport, EdgeReport } from '../../protocol/control/report.ts';

export interface EdgeAnswer {
  /** Threads that have answered in time. */
  readonly answered: number;
  /** Of all threads that are known; of those that have not answered the sums that they have told last, and nothing of what runs. */
  readonly reports: readonly EdgeReport[];
}

export interface EdgeReportsParts {
  readonly threads: number;
  readonly waitMs: number;
  /** False: there is no edge. */
  readonly ask: (number: number) => boolean;
}

interface Question {
  readonly number: number;
  readonly answer: Promise<EdgeAnswer>;
  readonly heard: Map<number, EdgeReport>;
  readonly end: () => void;
}

export class EdgeReports {
  readonly #parts: EdgeReportsParts;
  /** By thread. */
  readonly #last = new Map<number, EdgeReport>();
  #lastNumber = 0;
  #question: Question | undefined;

  constructor(parts: EdgeReportsParts) {
    this.#parts = parts;
  }

  /** Who asks while a question is open has its answer too. */
  ask(): Promise<EdgeAnswer> {
    this.#question ??= this.#open();
    return this.#question.answer;
  }

  #open(): Question {
    this.#lastNumber += 1;
    const heard = new Map<number, EdgeReport>();
    const { promise, resolve } = Promise.withResolvers<EdgeAnswer>();
    const timer = setTimeout(() => end(), this.#parts.waitMs);
    const end = (): void => {
      clearTimeout(timer);
      this.#question = undefined;
      resolve({ answered: heard.size, reports: this.#known(heard) });
    };
    const question = { number: this.#lastNumber, answer: promise, heard, end };
    if (!this.#parts.ask(question.number)) {
      queueMicrotask(end);
    }
    return question;
  }

  heed(report: EdgeReport): void {
    const question = this.#question;
    if (report.thread >= this.#parts.threads) {
      return;
    }
    this.#last.set(report.thread, report);
    if (question?.number === report.number) {
      question.heard.set(report.thread, report);
      if (question.heard.size === this.#parts.threads) {
        question.end();
      }
    }
  }

  #known(heard: ReadonlyMap<number, EdgeReport>): EdgeReport[] {
    return [...this.#last].map(([thread, report]) =>
      heard.has(thread) ? report : { ...report, apps: report.apps.map(withoutPresent) },
    );
  }

  /** The edge has ended: what was told last of it. */
  onGone(): readonly EdgeReport[] {
    const last = [...this.#last.values()];
    this.#last.clear();
    this.#question?.end();
    return last;
  }
}

/** Sums stay true, whoever was asked. */
function withoutPresent(app: AppReport): AppReport {
  return {
    ...app,
    waiting: 0,
    oldestWaitMs: 0,
    workers: app.workers.map(({ worker, units }) => ({
      worker,
      units: units.map((unit) => ({ ...unit, runningCount: 0, running: [] })),
    })),
  };
}
