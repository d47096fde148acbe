/**
 * Files as the content of a location. A path that ends with a slash is a folder's, and is answered by its index or a list; any other is a file's, or that of a folder
 * whose client is sent to the path with the slash.
 *
 *   route.path → file-places → static/file-sender
 */

import { assert } from '../../../kernel/assert.ts';
import type { Exchange } from '../../../protocol/http/exchange.ts';
import { fieldsOf, NO_FIELDS } from '../../../protocol/http/response-fields.ts';
import { escapeLog } from '../../access-log/line.ts';
import type { ClientRule } from '../../filters/compression/client-rules.ts';
import { compileClientRule } from '../../filters/compression/client-rules.ts';
import { escapePath } from '../../pipeline/escape-uri.ts';
import type { CompiledScope, Produce, Route } from '../../pipeline/route.ts';
import type { FileSender } from '../static/file-sender.ts';
import type { Found } from '../static/load-file.ts';
import type { FileRequest, NoFile, SendManner } from '../static/pending-answer.ts';
import { statusOfAbsent } from './absent-status.ts';
import type { FilePlace } from './file-places.ts';
import type { CompileTemplate, FileServer, ScopeFiles } from './file-server.ts';
import { FolderContent } from './folder-content.ts';
import { sayAbsent } from './say-absent.ts';
import { transformsBodies } from './transforms-bodies.ts';

const ALLOW = fieldsOf('Allow: GET, HEAD\r\n');

export function compileFileContent(server: FileServer, compile: CompileTemplate): Produce {
  const contents = new WeakMap<CompiledScope, FileContent>();
  return (exchange, route) => {
    assert(route !== undefined, 'files of a scope are asked for without a route');
    let content = contents.get(route.scope);
    if (content === undefined) {
      content = new FileContent(server.of(route.scope, compile));
      contents.set(route.scope, content);
    }
    content.produce(exchange, route);
  };
}

class FileContent {
  readonly #files: ScopeFiles;
  readonly #sender: FileSender;
  readonly #folders: FolderContent;
  /** For clients that may be sent compressed files, and for the others. */
  readonly #negotiated: SendManner;
  readonly #plain: SendManner;
  /** Undefined: there are no compressed files. */
  readonly #takesCompressed: ClientRule | undefined;

  constructor(files: ScopeFiles) {
    this.#files = files;
    this.#sender = files.server.sender;
    this.#folders = new FolderContent(files);
    // Ranges are of the bytes that leave, so where these may be changed the filter of ranges, which comes last, sees to them.
    const isRanged = !transformsBodies(files.scope);
    this.#negotiated = { isConditional: true, isRanged, isNegotiated: true };
    this.#plain = { isConditional: true, isRanged, isNegotiated: false };
    const { compressions } = files.scope;
    this.#takesCompressed =
      compressions === undefined || files.places.rule.siblings.siblings.length === 0
        ? undefined
        : compileClientRule(compressions.gzipClients);
  }

  produce(exchange: Exchange, route: Route): void {
    const { method, path, responder } = exchange;
    const { places } = this.#files;
    if (method !== 'GET' && method !== 'HEAD' && method !== 'POST') {
      responder.refuse(405, undefined, ALLOW);
    } else if (places.isHidden(path)) {
      responder.refuse(404);
    } else if (places.strays(route, path)) {
      route.log('error', `"${escapeLog(path)}" leads out of the root or alias of its location`);
      responder.refuse(404);
    } else if (path.endsWith('/')) {
      this.#folders.produce(exchange, route);
    } else {
      const place = places.of(route, path);
      if (place === undefined) {
        this.#refuseUnplaced(exchange, route);
      } else {
        this.#answer(exchange, route, place);
      }
    }
  }

  #answer(exchange: Exchange, route: Route, place: FilePlace): void {
    const found = this.#sender.find(place.folder, place.path);
    const isPost = exchange.method === 'POST';
    if (found === undefined && isPost) {
      this.#sender.wait(place.folder, place.path, {
        onFound: (late) => this.#answerPost(exchange, route, place, late),
      });
    } else if (found !== undefined && isPost) {
      this.#answerPost(exchange, route, place, found);
    } else if (found === undefined || found.kind === 'file') {
      const manner = this.#mannerOf(exchange);
      if (found === undefined || !this.#sender.sendFromMemory(exchange, found, manner)) {
        this.#sender.fetch(this.#request(exchange, route, place, manner), found);
      }
    } else {
      this.#answerAbsent(exchange, route, place, found);
    }
  }

  #mannerOf(exchange: Exchange): SendManner {
    // What the rule asks of the response is not known yet, as in nginx.
    return this.#takesCompressed?.(exchange, NO_FIELDS, this.#sender.around.clock.nowMs()) === true
      ? this.#negotiated
      : this.#plain;
  }

  #request(exchange: Exchange, route: Route, { folder, path }: FilePlace, manner: SendManner): FileRequest {
    const onAbsent = (found: NoFile): void => this.#answerAbsent(exchange, route, { folder, path }, found);
    return { exchange, folder, path, manner, named: undefined, onAbsent };
  }

  /** Nothing of a file can be changed by it. */
  #answerPost(exchange: Exchange, route: Route, place: FilePlace, found: Found): void {
    if (found.kind === 'file') {
      exchange.responder.refuse(found.hasPlain ? 405 : 404, undefined, found.hasPlain ? ALLOW : NO_FIELDS);
    } else {
      this.#answerAbsent(exchange, route, place, found);
    }
  }

  #answerAbsent(exchange: Exchange, route: Route, place: FilePlace, found: NoFile): void {
    if (found.kind === 'directory') {
      const query = exchange.query === '' ? '' : `?${exchange.query}`;
      route.continueWith(route.redirect(301, `${escapePath(exchange.path)}/${query}`));
    } else {
      this.#sender.counts[found.absence] += 1;
      sayAbsent(route, place, found);
      exchange.responder.refuse(statusOfAbsent(found));
    }
  }

  #refuseUnplaced({ responder }: Exchange, route: Route): void {
    route.log('alert', 'the path has no place below the root or alias of its location');
    responder.refuse(500);
  }
}
