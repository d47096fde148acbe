/**
 * Folders of files at URLs: which of them a path is in, and who is asked where there is no file.
 *
 *   mount → resolve → file-sender
 */

import type { StaticFolder } from '../../../config/model/folders.ts';
import { assert } from '../../../kernel/assert.ts';
import type { Exchange, Handler, ResponseHead } from '../../../protocol/http/exchange.ts';
import { fieldsOf, NO_FIELDS } from '../../../protocol/http/response-fields.ts';
import type { SenderOptions } from './file-sender.ts';
import { FileSender } from './file-sender.ts';
import type { CompiledMount } from './mount.ts';
import { compileMounts, findMount } from './mount.ts';
import type { Absence } from './open-file.ts';
import type { FileRequest, NoFile, SendManner } from './pending-answer.ts';
import { responseHead } from './representation.ts';

export interface StaticOptions extends SenderOptions {
  /** Asked when a mount with `missing: 'next'` finds out only later that it has no such file: `false` cannot be returned any more. */
  readonly next?: Handler;
}

const ALLOW = fieldsOf('Allow: GET, HEAD, OPTIONS\r\n');
const OPTIONS_HEAD: ResponseHead = { status: 204, reason: undefined, fields: ALLOW };
const STATUSES = { missing: 404, forbidden: 403, exhausted: 503, failed: 500 } as const satisfies Record<
  Absence,
  number
>;
/** In seconds: descriptors come back as soon as a response ends. */
const RETRY_AFTER = fieldsOf('Retry-After: 1\r\n');

const MANNER: SendManner = { isConditional: true, isRanged: true, isNegotiated: true };

export function compileStatic(mounts: readonly StaticFolder[], options: StaticOptions): Handler {
  const site = new StaticSite(compileMounts(mounts), options);
  return (exchange) => site.handle(exchange);
}

class StaticSite {
  readonly #mounts: readonly CompiledMount[];
  readonly #next: Handler | undefined;
  readonly #sender: FileSender;

  constructor(mounts: readonly CompiledMount[], options: StaticOptions) {
    const passesMissing = mounts.some((mount) => mount.passesMissing);
    assert(options.next !== undefined || !passesMissing, 'no handler takes what a mount misses');
    this.#mounts = mounts;
    this.#next = options.next;
    this.#sender = new FileSender(options);
  }

  handle(exchange: Exchange): boolean {
    const mount = findMount(this.#mounts, exchange.path);
    if (mount === undefined) {
      return false;
    }
    const method = exchange.method;
    if (method !== 'GET' && method !== 'HEAD') {
      return answerOther(exchange, mount);
    }
    if (mount.passesMissing && isForNext(exchange, mount)) {
      return false;
    }
    const { folder } = mount;
    const path = exchange.path.slice(mount.url.length);
    const found = this.#sender.find(folder, path);
    if (found === undefined || found.kind === 'file') {
      if (found === undefined || !this.#sender.sendFromMemory(exchange, found, MANNER)) {
        this.#sender.fetch(this.#request(exchange, mount, path), found);
      }
      return true;
    }
    return this.answerAbsent(exchange, found, mount);
  }

  #request(exchange: Exchange, mount: CompiledMount, path: string): FileRequest {
    return {
      exchange,
      folder: mount.folder,
      path,
      manner: MANNER,
      named: undefined,
      onAbsent: (found) => {
        if (!this.answerAbsent(exchange, found, mount) && this.#next?.(exchange) !== true) {
          exchange.responder.refuse(404);
        }
      },
    };
  }

  /** Answers for a path without a file, or returns false: the next handler is asked. */
  answerAbsent(exchange: Exchange, found: NoFile, mount: CompiledMount): boolean {
    if (found.kind === 'directory') {
      redirectToDirectory(exchange);
      return true;
    }
    this.#sender.counts[found.absence] += 1;
    if (mount.passesMissing && (found.absence === 'missing' || found.absence === 'forbidden')) {
      return false;
    }
    refuseAbsent(exchange, found.absence);
    return true;
  }
}

export function refuseAbsent({ responder }: Exchange, absence: Absence): void {
  responder.refuse(STATUSES[absence], undefined, absence === 'exhausted' ? RETRY_AFTER : NO_FIELDS);
}

function answerOther({ method, responder }: Exchange, mount: CompiledMount): boolean {
  if (mount.passesMissing) {
    // Whether there is such a file or not, the next handler may have a use for the method.
    return false;
  }
  if (method === 'OPTIONS') {
    responder.respond(OPTIONS_HEAD, undefined);
  } else {
    responder.refuse(405, undefined, ALLOW);
  }
  return true;
}

/**
 * Whether the next handler gets the request whatever the disk holds. A body could not be kept for it while the disk is asked, and a handshake wants no file.
 */
function isForNext({ path, hasBody, handshake }: Exchange, { isAsked }: CompiledMount): boolean {
  return hasBody || handshake !== undefined || isAsked?.(path) === true;
}

/** Relative links of an index work only below its directory. */
function redirectToDirectory({ rawPath, query, responder }: Exchange): void {
  // The redirect is relative, because a proxy may have taken away the path in front (--root-path). The dot keeps a colon in the name from ending a scheme, and
  // no path of two slashes can name another host (RFC 3986 4.2).
  const name = rawPath.slice(rawPath.lastIndexOf('/') + 1);
  responder.respond(responseHead(301, `Location: ./${name}/${query === '' ? '' : `?${query}`}\r\n`), undefined);
}
