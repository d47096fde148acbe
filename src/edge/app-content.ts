/** Content that an application answers, and before it the folders that were given by hand or that it has declared itself. */

import type { AppContent as AppContentModel } from '../config/model/content.ts';
import type { StaticFolder } from '../config/model/folders.ts';
import { systemClock } from '../kernel/clock.ts';
import type { Exchange, Handler } from '../protocol/http/exchange.ts';
import type { StaticLog } from './handlers/static/faults.ts';
import { compileStatic } from './handlers/static/static.ts';

/** An application, as far as its content needs it. */
export interface AnsweringApp {
  /** Folders that it has declared. */
  readonly declared: readonly StaticFolder[];
  ask(exchange: Exchange): true;
}

export class AppContent {
  readonly #model: AppContentModel;
  readonly #app: AnsweringApp;
  readonly #log: StaticLog;
  #answerFile: Handler;

  constructor(model: AppContentModel, app: AnsweringApp, log: StaticLog) {
    this.#model = model;
    this.#app = app;
    this.#log = log;
    this.#answerFile = this.#compileFolders();
  }

  answer(exchange: Exchange): void {
    if (!this.#answerFile(exchange)) {
      this.#app.ask(exchange);
    }
  }

  /** The application has declared folders. */
  redeclare(): void {
    this.#answerFile = this.#compileFolders();
  }

  #compileFolders(): Handler {
    const { folders, servesDeclared } = this.#model;
    return compileStatic([...folders, ...(servesDeclared ? this.#app.declared : [])], {
      clock: systemClock,
      log: this.#log,
      next: (exchange) => this.#app.ask(exchange),
    });
  }
}
