/** What is done to bodies of responses, in nginx's order of filters, and to those of requests. */

import type { Template } from './template.ts';

/** The media types in which a filter is interested: '*' for any. text/html is among them unless the reader has left it out. */
export type MediaTypes = readonly string[];

export interface Compression {
  readonly coding: 'gzip' | 'br' | 'zstd';
  readonly level: number;
  readonly types: MediaTypes;
  /** Bodies that are known to be shorter are left alone. */
  readonly bytesMin: number;
  readonly clients: CompressionClients;
  readonly windowBits: number | undefined;
  readonly memoryLevel: number | undefined;
}

/** Which requests may be answered with a coded body, beside what they say in Accept-Encoding. */
export interface CompressionClients {
  readonly versionMin: '1.0' | '1.1';
  /** What an answer must be like whose request came through a proxy (Via); nginx's words. None is `off`. */
  readonly proxied: readonly string[];
  /** Regexes, without regard to case, and `msie6`: user agents that get no coded bodies. */
  readonly disabledFor: readonly string[];
}

/** Files beside the one that is asked for, with `.gz`, `.br`, `.zst` behind their names. */
export interface Precompressed {
  readonly gzip: 'off' | 'on' | 'always';
  readonly brotli: 'off' | 'on' | 'always';
  readonly zstd: 'off' | 'on' | 'always';
}

export interface Compressions {
  /** The first that the client accepts is used. */
  readonly codings: readonly Compression[];
  /** `Vary: Accept-Encoding` is added. */
  readonly varies: boolean;
  /** Who gets gzip of the content, and precompressed files, where they are on. */
  readonly gzipClients: CompressionClients;
  /** Gzip of the content is undone for all others. */
  readonly decompresses: boolean;
  readonly precompressed: Precompressed;
}

export interface Substitutions {
  readonly pairs: readonly { readonly from: Template; readonly to: Template }[];
  readonly isOnce: boolean;
  readonly keepsLastModified: boolean;
  readonly types: MediaTypes;
}

/** Subrequests whose bodies stand before and behind the response. */
export interface Additions {
  readonly before: Template | undefined;
  readonly after: Template | undefined;
  readonly types: MediaTypes;
}

export interface ServerSideIncludes {
  readonly types: MediaTypes;
  readonly isSilent: boolean;
  readonly keepsLastModified: boolean;
  readonly valueLengthMax: number;
}

export interface Charset {
  /** '' is `off`. */
  readonly charset: Template;
  /** What content is in that says nothing; it is converted where there is a map. */
  readonly source: Template;
  readonly overridesContent: boolean;
  readonly types: MediaTypes;
}

/** charset_map: by byte of the first charset, the bytes of the second. Both in hex. */
export interface CharsetMap {
  readonly from: string;
  readonly to: string;
  readonly pairs: readonly (readonly [string, string])[];
}

/** What is absent is as our own limits have it (edge/limits.ts, relay/limits.ts). */
export interface RequestBodies {
  /** 0: no limit. */
  readonly bytesMax: number;
  readonly timeoutMs?: number;
  /** A longer one that is handed on to a server behind is kept in a file until then. */
  readonly memoryBytesMax?: number;
  /** Each one that is handed on is in a file, whose name the server behind may be told ($request_body_file). */
  readonly files?: BodyFiles;
}

export interface BodyFiles {
  /** The files stay when their requests are over: whoever was told of one removes it. */
  readonly areKept: boolean;
  /** Undefined: where other bodies are that do not fit into memory. */
  readonly folder?: string;
  /** How many digits of a file's name each of the folders inside is called by. */
  readonly levels?: readonly number[];
}

/** How a response leaves. What is absent is as our own limits have it. */
export interface Sending {
  /** Bytes a second; '' or 0: no limit. */
  readonly rate?: Template;
  readonly rateAfter?: Template;
  readonly timeoutMs?: number;
}
