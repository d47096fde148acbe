/**
 * Files that an application names in its answer, after it has decided who may have them: by `X-Accel-Redirect`, whose value is a path below a
 * URL that was declared with its folder, as an internal location of nginx, or by `X-Sendfile`, whose value is a path of the file system below
 * a folder that was declared. The edge sends them with ranges and conditions of its own, and with the fields of the application.
 */

import { Buffer, isUtf8 } from 'node:buffer';
import type { UrlFolder } from '../../../config/model/folders.ts';
import type { NamedFile, NamingField, WorkerHead } from '../../../gateway/lanes/response-head.ts';
import type { NamedFileSender } from '../../../gateway/named-file-sender.ts';
import { toLatin1 } from '../../../kernel/latin1.ts';
import { forbidsBody } from '../../../protocol/http/bodiless-status.ts';
import type { Exchange, ResponseTimes } from '../../../protocol/http/exchange.ts';
import { decodePath } from '../../../protocol/http/path.ts';
import type { ResponseFields } from '../../../protocol/http/response-fields.ts';
import { fieldsOf } from '../../../protocol/http/response-fields.ts';
import { CACHE_BOUNDS } from './cache.ts';
import type { SenderOptions } from './file-sender.ts';
import { FileSender } from './file-sender.ts';
import { STATIC_LIMITS } from './limits.ts';
import type { StaticFile } from './load-file.ts';
import type { CompiledMount } from './mount.ts';
import { compileMounts, findMount } from './mount.ts';
import type { Dress, NoFile } from './pending-answer.ts';
import type { Representation } from './representation.ts';

import { refuseAbsent } from './static.ts';

const FLAGS: Readonly<Record<NamingField, string>> = { 'x-accel-redirect': '--x-accel', 'x-sendfile': '--x-sendfile' };

export class NamedFiles implements NamedFileSender {
  readonly #mounts: Readonly<Record<NamingField, readonly CompiledMount[]>>;
  readonly #senders: Readonly<Record<NamingField, FileSender>>;

  constructor(folders: readonly UrlFolder[], options: SenderOptions) {
    this.#mounts = {
      'x-accel-redirect': compile(folders.filter(({ url }) => url !== '')),
      'x-sendfile': compile(folders.filter(({ url }) => url === '')),
    };
    const bounded = { ...options, bounds: { ...CACHE_BOUNDS, bytesMax: STATIC_LIMITS.namedMemoryBytesMax } };
    this.#senders = { 'x-accel-redirect': new FileSender(bounded), 'x-sendfile': new FileSender(bounded) };
  }

  /** Where no folder was declared for the field, a trusted proxy in front may be the one that sends the file. */
  takes(exchange: Exchange, { field }: NamedFile): boolean {
    return this.#mounts[field].length > 0 || exchange.origin.believed === 'none';
  }

  /** Whether a folder was declared in which such a file would be. */
  knows({ field, value }: NamedFile): boolean {
    const path = value === undefined ? undefined : pathOf(field, value);
    return path !== undefined && findMount(this.#mounts[field], path) !== undefined;
  }

  send(exchange: Exchange, head: WorkerHead, times: ResponseTimes | undefined): void {
    if (head.namedFile === undefined) {
      return;
    }
    const { field, value } = head.namedFile;
    const sender = this.#senders[field];
    if (forbidsBody(head.status)) {
      exchange.responder.respond(head, undefined);
      return;
    }
    const path = value === undefined ? undefined : pathOf(field, value);
    const mount = path === undefined ? undefined : findMount(this.#mounts[field], path);
    if (path === undefined || mount === undefined) {
      sender.report('static.named-outside', value ?? exchange.path, this.#explain(field, value));
      exchange.responder.refuse(500);
      return;
    }
    const isPlain = exchange.method === 'GET' || exchange.method === 'HEAD';
    const isConditional = isPlain && (head.status === 200 || head.status === 206);
    const { folder, url } = mount;
    const below = path.slice(url.length);
    const onAbsent = (found: NoFile): void => {
      sender.report('static.named-missing', path, found.kind === 'absent' ? found.absence : found.kind);
      const absence = found.kind === 'absent' ? found.absence : 'missing';
      sender.counts[absence] += 1;
      refuseAbsent(exchange, absence);
    };
    // A file that an application has named has one representation, whatever encodings the client likes better.
    const manner = { isConditional, isRanged: isConditional, isNegotiated: false };
    const named = { dress: dressed(head), times };
    sender.fetch({ exchange, folder, path: below, manner, named, onAbsent }, sender.find(folder, below));
  }

  #explain(field: NamingField, value: string | undefined): string {
    if (value === undefined) {
      return 'beside another one';
    }
    return this.#mounts[field].length > 0
      ? `below no folder of ${FLAGS[field]}`
      : `without ${FLAGS[field]}, which says where such files are; if a proxy is to send them, name it by --forwarded-allow-ips`;
  }
}

function compile(folders: readonly UrlFolder[]): readonly CompiledMount[] {
  return compileMounts(
    folders.map(({ url, root }) => ({
      url: url === '' ? `${root.replace(/\/+$/, '')}/` : url,
      root,
      hashed: false,
      hidden: true,
    })),
  );
}

/** Latin-1. The value of X-Accel-Redirect is the path of a URL, and its query is cut off; that of X-Sendfile is a path as it is. */
function pathOf(field: NamingField, value: string): string | undefined {
  return field === 'x-sendfile' ? asBytes(value) : decodePath(asBytes(value.split('?', 1)[0] ?? ''));
}

/** Names of files are UTF-8. Applications can write a field in Latin-1 alone, and some of them write text there, not bytes. */
function asBytes(value: string): string {
  return !/[\x80-\xff]/.test(value) || isUtf8(Buffer.from(value, 'latin1')) ? value : toLatin1(value);
}

/**
 * Fields of the application that describe bytes other than the file's, and are dropped. Content-Encoding among them, as in nginx: Wagtail says "None", and
 * django-sendfile2 guesses "gzip" for an archive, which browsers would then unpack.
 */
const DESCRIBING = ['etag', 'last-modified', 'accept-ranges', 'content-range', 'content-encoding'] as const;
/** RFC 9110 15.4.5: these and all others that tell of the content are not in a 304. */
const OF_CONTENT = /^content-/;

/** Makes a file look as if the application had read it and sent it. Compressed siblings are left out: the application has not named them. */
function dressed(head: WorkerHead): Dress {
  const given = head.fields.without(...DESCRIBING);
  return (file) => ({ ...file, representations: plainOf(file).map((plain) => dress(plain, head, given)) });
}

function plainOf(file: StaticFile): readonly Representation[] {
  return file.representations.filter(({ coding }) => coding === 'identity');
}

function dress(plain: Representation, head: WorkerHead, given: ResponseFields): Representation {
  const validators = fieldsOf(`ETag: ${plain.etag}\r\nLast-Modified: ${plain.lastModified}\r\n`, false);
  const contentType = given.get('content-type') ?? plain.contentType;
  const shared = given.without('content-type').and(validators).with('Accept-Ranges', 'bytes');
  const ofContent = given.lines.filter(({ lower }) => OF_CONTENT.test(lower)).map(({ lower }) => lower);
  const status = head.status === 206 ? 200 : head.status;
  return {
    ...plain,
    contentType,
    fields: shared.text,
    whole: {
      status,
      reason: status === head.status ? head.reason : undefined,
      fields: shared.with('Content-Type', contentType),
    },
    notModified: { status: 304, reason: undefined, fields: given.without(...ofContent).and(validators) },
  };
}
