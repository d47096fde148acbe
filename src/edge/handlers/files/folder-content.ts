/** What is answered for the path of a folder: a file of it by chance, its index, a list, or nothing. In nginx's order. */

import type { Exchange } from '../../../protocol/http/exchange.ts';
import type { CompiledTemplate, Route } from '../../pipeline/route.ts';
import type { ScopeFiles } from './file-server.ts';
import type { IndexOutcome } from './find-index.ts';
import { findIndex } from './find-index.ts';
import { FolderList } from './folder-list.ts';
import { chooseAtRandom } from './random-file.ts';
import { quoted } from './say-absent.ts';

export class FolderContent {
  readonly #files: ScopeFiles;
  readonly #indexes: readonly CompiledTemplate[];
  readonly #list: FolderList | undefined;

  constructor(files: ScopeFiles) {
    const { autoindex } = files.scope.files;
    this.#files = files;
    this.#indexes = files.indexes;
    this.#list = autoindex === undefined ? undefined : new FolderList(files, autoindex);
  }

  produce(exchange: Exchange, route: Route): void {
    if (!this.#files.scope.files.isIndexRandom) {
      this.#findIndex(exchange, route);
      return;
    }
    const place = this.#files.places.of(route, exchange.path);
    if (place === undefined) {
      exchange.responder.refuse(500);
      return;
    }
    chooseAtRandom(this.#files, route, place).then(
      (outcome) => this.#onOutcome(exchange, route, outcome, () => this.#findIndex(exchange, route)),
      (error: unknown) => {
        this.#files.server.sender.onBug(error);
        exchange.responder.cut();
      },
    );
  }

  #findIndex(exchange: Exchange, route: Route): void {
    findIndex(this.#files, this.#indexes, route, (outcome) =>
      this.#onOutcome(exchange, route, outcome, () => this.#answerWithoutIndex(exchange, route)),
    );
  }

  /** Called by the disk too, with nobody above who would contain an error of ours to its request. */
  #onOutcome(exchange: Exchange, route: Route, outcome: IndexOutcome, otherwise: () => void): void {
    try {
      switch (outcome.kind) {
        case 'path':
          route.continueWith(route.relocate(outcome.path, exchange.query));
          return;
        case 'refused':
          exchange.responder.refuse(outcome.status);
          return;
        case 'none':
          otherwise();
      }
    } catch (error) {
      this.#files.server.sender.onBug(error);
      exchange.responder.cut();
    }
  }

  #answerWithoutIndex(exchange: Exchange, route: Route): void {
    if (this.#list !== undefined && exchange.method !== 'POST') {
      this.#list.answer(exchange, route);
      return;
    }
    const place = this.#files.places.of(route, exchange.path);
    if (place !== undefined) {
      route.log('error', `directory index of ${quoted(place)} is forbidden`);
    }
    exchange.responder.refuse(403);
  }
}
