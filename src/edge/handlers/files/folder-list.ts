/** Answers with a list of a folder: `autoindex`. Folders are read a few at a time, and one that several ask for once. */

import type { Autoindex } from '../../../config/model/files.ts';
import type { Exchange, ResponseHead } from '../../../protocol/http/exchange.ts';
import type { Route } from '../../pipeline/route.ts';
import type { Found } from '../static/load-file.ts';
import { absentFor } from '../static/open-file.ts';
import { responseHead } from '../static/representation.ts';
import { statusOfAbsent } from './absent-status.ts';
import type { FilePlace } from './file-places.ts';
import type { ScopeFiles } from './file-server.ts';
import { FILES_LIMITS } from './limits.ts';
import { callbackOf, jsonLine, XML_BEGINNING, XML_END, xmlLine } from './list-data.ts';
import { HTML_END, htmlBeginning, htmlLine } from './list-html.ts';
import type { FolderEntry } from './read-folder.ts';
import { readFolder } from './read-folder.ts';
import { sayAbsent } from './say-absent.ts';
import { otherWork, sortGently } from './sort-gently.ts';

/** How a list is written. */
interface Form {
  /** Lists of a folder in forms of the same key are the same. */
  readonly key: string;
  readonly head: ResponseHead;
  readonly beginning: string;
  readonly end: string;
  readonly line: (entry: FolderEntry, isFirst: boolean) => string;
}

export class FolderList {
  readonly #files: ScopeFiles;
  readonly #manner: Autoindex;
  readonly #isUtf8: boolean;

  constructor(files: ScopeFiles, manner: Autoindex) {
    this.#files = files;
    this.#manner = manner;
    const charset = files.scope.charset?.charset;
    this.#isUtf8 = typeof charset === 'string' && charset.toLowerCase() === 'utf-8';
  }

  answer(exchange: Exchange, route: Route): void {
    const form = this.#formFor(exchange);
    const place = this.#files.places.of(route, exchange.path);
    if (form === undefined) {
      exchange.responder.refuse(400);
    } else if (place === undefined) {
      exchange.responder.refuse(500);
    } else {
      this.#lookAt(exchange, route, place, form);
    }
  }

  /** What the folder's links allow is asked first, and whether it is one. */
  #lookAt(exchange: Exchange, route: Route, place: FilePlace, form: Form): void {
    const { sender } = this.#files.server;
    const onFound = (found: Found): void => {
      if (found.kind === 'directory') {
        this.#list(exchange, route, place, form).catch((error: unknown) => {
          sender.onBug(error);
          exchange.responder.cut();
        });
      } else if (found.kind === 'absent') {
        sayAbsent(route, place, found);
        exchange.responder.refuse(statusOfAbsent(found));
      } else {
        exchange.responder.refuse(404);
      }
    };
    const path = place.path.replace(/(?<=[^/])\/$/, '');
    const found = sender.find(place.folder, path);
    if (found === undefined) {
      sender.wait(place.folder, path, { onFound });
    } else {
      onFound(found);
    }
  }

  async #list(exchange: Exchange, route: Route, place: FilePlace, form: Form): Promise<void> {
    if (exchange.method === 'HEAD') {
      exchange.responder.respond(form.head, undefined);
      return;
    }
    const { folderReads, sender } = this.#files.server;
    const path = place.folder.prefix + place.path;
    try {
      const rendering = folderReads.share(`${form.key}\n${path}`, () => listOf(path, form));
      const list = await rendering;
      if (list !== undefined) {
        this.#send(exchange, route, form, list);
        return;
      }
      const why =
        rendering === undefined
          ? 'too many wait for a list'
          : `a folder of more than ${FILES_LIMITS.listedEntriesMax} entries is not listed`;
      route.log('error', why);
      exchange.responder.refuse(rendering === undefined ? 503 : 500);
    } catch (error) {
      const absent = absentFor(error, path, sender.around);
      sayAbsent(route, place, absent);
      exchange.responder.refuse(statusOfAbsent(absent));
    }
  }

  #send(exchange: Exchange, route: Route, { head }: Form, list: Buffer): void {
    const onLeft = this.#files.server.folderReads.leave(list);
    if (onLeft === undefined) {
      route.log(
        'warn',
        `lists of more than ${FILES_LIMITS.listsLeavingBytesMax} bytes wait for clients that do not take them`,
      );
      exchange.responder.refuse(503);
      return;
    }
    route.main.whenOver(onLeft);
    exchange.responder.respond(head, list);
  }

  /** Undefined: the client's callback is refused. */
  #formFor({ path, query }: Exchange): Form | undefined {
    switch (this.#manner.format) {
      case 'html': {
        const { clock } = this.#files.server.sender.around;
        const offsetMinutes = -new Date(clock.nowMs()).getTimezoneOffset();
        const manner = { ...this.#manner, isUtf8: this.#isUtf8, offsetMinutes };
        return {
          key: `${JSON.stringify(manner)}\n${path}`,
          head: HEADS.html,
          beginning: htmlBeginning(path),
          end: HTML_END,
          line: (entry) => htmlLine(entry, manner),
        };
      }
      case 'xml':
        return { key: 'xml', head: HEADS.xml, beginning: XML_BEGINNING, end: XML_END, line: xmlLine };
      case 'json':
        return JSON_FORM;
      case 'jsonp': {
        const callback = callbackOf(query);
        if (callback === undefined) {
          return undefined;
        }
        return callback === '' ? JSON_FORM : jsonpForm(callback);
      }
    }
  }
}

const HEADS = {
  html: responseHead(200, 'Content-Type: text/html\r\n'),
  xml: responseHead(200, 'Content-Type: text/xml; charset=utf-8\r\n'),
  json: responseHead(200, 'Content-Type: application/json\r\n'),
  jsonp: responseHead(200, 'Content-Type: application/javascript\r\n'),
} as const;

const JSON_FORM: Form = { key: 'json', head: HEADS.json, beginning: '[', end: '\r\n]', line: jsonLine };

/** The comment keeps a browser from taking the beginning of the script for something else. */
function jsonpForm(callback: string): Form {
  const { line } = JSON_FORM;
  return {
    key: `jsonp ${callback}`,
    head: HEADS.jsonp,
    beginning: `/* callback */\r\n${callback}([`,
    end: '\r\n]);',
    line,
  };
}

/** Undefined: the folder has too many entries. Rejects with the system's error. */
async function listOf(path: string, form: Form): Promise<Buffer | undefined> {
  const entries = await readFolder(path);
  return entries && render(await sortGently(entries, compareEntries), form);
}

/** Folders first, and then by the bytes of their names. */
function compareEntries(one: FolderEntry, other: FolderEntry): number {
  if (one.isDirectory !== other.isDirectory) {
    return one.isDirectory ? -1 : 1;
  }
  return one.name < other.name ? -1 : 1;
}

async function render(entries: readonly FolderEntry[], form: Form): Promise<Buffer> {
  const pieces = [Buffer.from(form.beginning, 'latin1')];
  for (let from = 0; from < entries.length; from += FILES_LIMITS.entriesAtATime) {
    const some = entries.slice(from, from + FILES_LIMITS.entriesAtATime);
    const lines = some.map((entry, index) => form.line(entry, from + index === 0));
    pieces.push(Buffer.from(lines.join(''), 'latin1'));
    if (from + some.length < entries.length) {
      await otherWork();
    }
  }
  return Buffer.concat([...pieces, Buffer.from(form.end, 'latin1')]);
}
