/** A body that was read for a server behind, as the route has it. */

import type { BodyFiles } from '../../../config/model/bodies.ts';
import type { EdgeModel } from '../../../config/model/server-model.ts';
import type { Exchange } from '../../../protocol/http/exchange.ts';
import type { CollectedBody } from '../../../relay/body/body-collector.ts';
import { BodyFolder } from '../../../relay/body/body-folder.ts';
import type { BodySource, RequestBody } from '../../../upstream/request-body.ts';
import { BodyInMemory, bodyOf } from '../../../upstream/request-body.ts';
import { BodyCopy } from '../../pipeline/body-copy.ts';
import type { ReadBody } from '../../pipeline/read-body.ts';
import type { Route } from '../../pipeline/route.ts';

/** As nginx: a longer one is in a file there, unless `client_body_buffer_size` says so, and has no text. */
const TEXT_BYTES_MAX = 16 * 1024;

export function newReadBody(body: CollectedBody, showsBody: boolean, textBytesMax: number = TEXT_BYTES_MAX): ReadBody {
  const { length, bytes, file } = body;
  const isShown = showsBody && file === undefined && length <= textBytesMax;
  return {
    length,
    // A copy: the memory is used for other bodies when this one is not needed any more, and a log is written behind that.
    text: isShown ? (bytes?.pieces ?? []).map((piece) => piece.latin1Slice()).join('') : undefined,
    path: file?.path ?? '',
    replay: () => bodyOf(body),
  };
}

const folders = new WeakMap<BodyFiles, { readonly place?: BodyFolder }>();

/** Where bodies are that are files, if it is not where other ones are that do not fit into memory. */
export function placeOf(files: BodyFiles): { readonly place?: BodyFolder } {
  let found = folders.get(files);
  if (found === undefined) {
    const { folder, levels = [] } = files;
    found = folder === undefined ? {} : { place: new BodyFolder(folder, levels) };
    folders.set(files, found);
  }
  return found;
}

/** A body that is passed on as it comes, and kept as a text on its way if it is short. */
export function shownSource(exchange: Exchange, route: Route): BodySource {
  const onWhole = (bytes: Buffer): void => {
    const replay = (): RequestBody => new BodyInMemory([bytes]);
    route.readBody = { length: bytes.length, text: bytes.latin1Slice(), path: '', replay };
  };
  return {
    bodyLength: exchange.bodyLength,
    readBody: (sink) => exchange.readBody(new BodyCopy(sink, TEXT_BYTES_MAX, { onWhole, onLost: () => undefined })),
    resumeBody: () => exchange.resumeBody(),
  };
}

const known = new WeakMap<object, boolean>();

/** Whether a text of the configuration has $request_body. Looked for once. */
export function showsBodies(model: EdgeModel): boolean {
  let shows = known.get(model);
  if (shows === undefined) {
    shows = JSON.stringify(model).includes('"variable":"request_body"');
    known.set(model, shows);
  }
  return shows;
}
