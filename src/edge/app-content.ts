/** Content that an application answers, and before it the folders that were given by hand or that it has declared itself. */

import type { AppContent as AppContentModel } from '../config/model/content.ts';
import { systemClock } from '../kernel/clock.ts';
import type { Exchange, Handler } from '../protocol/http/exchange.ts';
import type { AppService } from './app-service.ts';
import type { StaticLog } from './handlers/static/faults.ts';
import { compileStatic } from './handlers/static/static.ts';

export class AppContent {
  readonly #model: AppContentModel;
  readonly #app: AppService;
  readonly #log: StaticLog;
  #answerFile: Handler;

  constructor(model: AppContentModel, app: AppService, log: StaticLog) {
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
