/**
 * Folders of files under URLs, beside the roots of locations (files.ts). Three types say what there is to say of one:
 *
 *   UrlFolder     where it is: what a person writes, and what an application says of the files that it will name
 *   StaticFolder  that, and how its files are served: in the model, and in what the supervisor tells the edge of a loaded application
 *   CompiledMount the same made ready for requests (edge/handlers/static/mount.ts)
 */

export interface UrlFolder {
  /** A decoded path; begins and ends with a slash. '' in folders whose files X-Sendfile names, by their own paths. */
  readonly url: string;
  /** An absolute path (of the command line: as it was given). There need not be such a folder yet; it may be a symbolic link, which may be changed to point elsewhere. */
  readonly root: string;
}

/** A folder whose files the edge answers by itself. Several may have one URL: they are looked into in their order. */
export interface StaticFolder extends UrlFolder {
  /** Names carry a hash of the content, so clients keep them for good. */
  readonly hashed: boolean;
  /**
   * What happens below `url` where there is no file, and for every method but GET and HEAD: the edge refuses (404, 405; the default), or the next handler is
   * asked, which is the application.
   */
  readonly missing?: 'refuse' | 'next';
  /** Where symbolic links may lead: below the root (`inside`, the default), or anywhere. */
  readonly links?: 'inside' | 'anywhere';
  /** Paths below `url` on which the next handler decides, whatever the folder holds; only where what is missing is passed on. */
  readonly asked?: readonly PathShape[];
  /** File that stands for its directory, such as `index.html`; without it a directory is not there. */
  readonly index?: string;
  /** Serve `/.well-known` of this root (RFC 8615); no other name with a dot in front is ever served. */
  readonly wellKnown?: boolean;
  /** Serve names with a dot in front: for folders whose files an application names. */
  readonly hidden?: boolean;
  /** Cache-Control of files without a hash in the name, if not `no-cache`. */
  readonly cacheControl?: string;
}

/** Paths that begin with `prefix`, end with `suffix`, and have between the two: nothing, a word (no slash, no dot), a segment (no slash), or anything. */
export interface PathShape {
  readonly prefix: string;
  readonly suffix: string;
  readonly spans: 'nothing' | 'word' | 'segment' | 'path';
}
