/** The bytes that begin a connection, kept until the header of the PROXY protocol is whole, however it is cut. */

import type { ReadHeader } from './read-header.ts';
import { readProxyHeader } from './read-header.ts';

const NOTHING = Buffer.alloc(0);

export class GatheredHeader {
  /** What has come and is no whole header. */
  kept: Buffer = NOTHING;

  /** `came` is borrowed; so are `bytes`, which are all that has come. What is kept is let go of with a header. */
  take(came: Buffer): { readonly read: ReadHeader; readonly bytes: Buffer } {
    const bytes = this.kept.length === 0 ? came : Buffer.concat([this.kept, came]);
    const read = readProxyHeader(bytes, bytes.length);
    if (read.kind === 'incomplete') {
      this.kept = bytes === came ? Buffer.from(came) : bytes;
    } else if (read.kind === 'header') {
      this.kept = NOTHING;
    }
    return { read, bytes };
  }
}
