/** Content that an application answers, and before it the folders that were given by hand or that it has declared itself. */

import type { AppContent as AppContentModel } from '../../config/model/content.ts';
import type { StaticFolder } from '../../config/model/folders.ts';
import { systemClock } from '../../kernel/clock.ts';
import type { Exchange, Handler } from '../../protocol/http/exchange.ts';
import { pathBelow } from '../../protocol/http/path.ts';
import type { StaticLog } from '../handlers/static/faults.ts';
import { compileStatic } from '../handlers/static/static.ts';
import { bytesOf } from '../plan/bytes-of.ts';

/** A path without empty segments, and nothing that ends one. */
const MOUNT = /^(?:\/[^/\s?#]+)+\/?$|^\/$/;

/** An application, as far as its content needs it. */
export interface AnsweringApp {
  /** Folders that it has declared. */
  readonly declared: readonly StaticFolder[];
  ask(exchange: Exchange): true;
  /** Requests that were answered with a file. */
  staticRequests: number;
}

export class AppContent {
  readonly #model: AppContentModel;
  readonly #app: AnsweringApp;
  readonly #log: StaticLog;
  /** Latin-1, as paths are. */
  readonly #scriptName: string;
  #answerFile: Handler;

  constructor(model: AppContentModel, app: AnsweringApp, log: StaticLog) {
    this.#model = model;
    this.#app = app;
    this.#log = log;
    this.#scriptName = bytesOf(model.scriptName);
    this.#answerFile = this.#compileFolders();
  }

  answer(exchange: Exchange): void {
    if (this.#answerFile(exchange)) {
      this.#app.staticRequests += 1;
    } else {
      this.#ask(exchange);
    }
  }

  #ask(exchange: Exchange): true {
    const mount = (this.#model.takesScriptName === true ? saidMount(exchange) : undefined) ?? this.#scriptName;
    // A location `/shop` matches `/shopping` too, and a rewrite may have led the request out of the place where the application is mounted.
    const isBelow = mount === '' || pathBelow(exchange.path, mount) !== undefined;
    exchange.scriptName = isBelow ? mount : '';
    return this.#app.ask(exchange);
  }

  /** The application has declared folders. */
  redeclare(): void {
    this.#answerFile = this.#compileFolders();
  }

  #compileFolders(): Handler {
    const { folders, servesDeclared, scriptName } = this.#model;
    const declared = servesDeclared ? this.#app.declared.map((folder) => belowMount(folder, scriptName)) : [];
    return compileStatic([...folders, ...declared], {
      clock: systemClock,
      log: this.#log,
      next: (exchange) => {
        this.#app.staticRequests -= 1;
        return this.#ask(exchange);
      },
    });
  }
}

/** What a trusted proxy says by SCRIPT_NAME. The last value counts: it is what the proxy has added to those of its client. */
function saidMount({ block, origin }: Exchange): string | undefined {
  const text = origin.believed === 'none' ? undefined : block.getAll('script_name').at(-1);
  return text !== undefined && MOUNT.test(text) ? text.replace(/\/$/, '') : undefined;
}

/** An application names its folders by URLs of its own, as it does what it decides about: below the path at which it is mounted. */
function belowMount(folder: StaticFolder, mount: string): StaticFolder {
  const { url, asked } = folder;
  return mount === ''
    ? folder
    : {
        ...folder,
        url: `${mount}${url}`,
        ...(asked && { asked: asked.map((shape) => ({ ...shape, prefix: `${mount}${shape.prefix}` })) }),
      };
}
