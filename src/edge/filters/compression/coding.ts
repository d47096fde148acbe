/** How a context of each content coding is made, and what of it goes to a job. */

import type { BrotliOptions, ZlibOptions, ZstdOptions } from 'node:zlib';
import type { Compression } from '../../../config/model/bodies.ts';
import { ZlibJobContext } from '../../../relay/sockets/node-internals.ts';

/** What a context is made for. `gunzip` undoes gzip. */
export type ZlibRecipe =
  | { readonly kind: 'gzip'; readonly level: number; readonly windowBits: number; readonly memoryLevel: number }
  | { readonly kind: 'br'; readonly level: number; readonly windowBits: number }
  | { readonly kind: 'zstd'; readonly level: number; readonly windowBits: number | undefined }
  | { readonly kind: 'gunzip' };

/** What is asked of a context with a job: to go on, to give all it has, to come to the end of the body. The numbers are those of each library. */
export type FlushKind = 'none' | 'sync' | 'finish';

const FLUSH: Readonly<Record<ZlibRecipe['kind'], Readonly<Record<FlushKind, number>>>> = {
  // zlib.h
  gzip: { none: 0, sync: 2, finish: 4 },
  gunzip: { none: 0, sync: 2, finish: 4 },
  // brotli/encode.h: BROTLI_OPERATION_PROCESS, _FLUSH, _FINISH
  br: { none: 0, sync: 1, finish: 2 },
  // zstd.h: ZSTD_e_continue, _flush, _end
  zstd: { none: 0, sync: 1, finish: 2 },
};

/** Brotli's own default is 22, which is 4 MiB and more for each body. Google's module for nginx has 19. */
const BROTLI_WINDOW_BITS = 19;
const GZIP_WINDOW_BITS = 15;
const GZIP_MEMORY_LEVEL = 8;
/** A window of gunzip, and zlib's state. */
const GUNZIP_BYTES = 49_152;
/** Of zstd.h: what ZSTD_estimateCStreamSize gives for levels 1 to 3 is 0.6 to 1.3 MB, and for higher ones up to tens. For a body that is known to be short it is less. */
const ZSTD_SHORT_BYTES = 393_216;
const ZSTD_SHORT_BODY_MAX = 65_536;
const ZSTD_LOW_BYTES = 1_310_720;
const ZSTD_HIGH_BYTES = 8_388_608;
const ZSTD_LOW_LEVEL_MAX = 3;

export function recipeOf({ coding, level, windowBits, memoryLevel }: Compression): ZlibRecipe {
  switch (coding) {
    case 'gzip':
      return {
        kind: 'gzip',
        level,
        windowBits: windowBits ?? GZIP_WINDOW_BITS,
        memoryLevel: memoryLevel ?? GZIP_MEMORY_LEVEL,
      };
    case 'br':
      return { kind: 'br', level, windowBits: windowBits ?? BROTLI_WINDOW_BITS };
    case 'zstd':
      return { kind: 'zstd', level, windowBits };
  }
}

export function flushCode(kind: ZlibRecipe['kind'], flush: FlushKind): number {
  return FLUSH[kind][flush];
}

/** Contexts with one key do the same. */
export function recipeKey(recipe: ZlibRecipe): string {
  switch (recipe.kind) {
    case 'gunzip':
      return 'gunzip';
    case 'gzip':
      return `gzip ${recipe.level} ${recipe.windowBits} ${recipe.memoryLevel}`;
    default:
      return `${recipe.kind} ${recipe.level} ${recipe.windowBits}`;
  }
}

/** The memory that a context takes, roughly: for the budget. */
export function contextBytes(recipe: ZlibRecipe, bodyBytes: number | undefined): number {
  switch (recipe.kind) {
    case 'gunzip':
      return GUNZIP_BYTES;
    case 'gzip':
      // zconf.h
      return 2 ** (recipe.windowBits + 2) + 2 ** (recipe.memoryLevel + 9) + 8192;
    case 'br':
      // A ring buffer of twice the window, and hash tables that grow with level and window.
      return 2 ** (recipe.windowBits + 1) + (recipe.level < 5 ? 1 : 3) * 2 ** (recipe.windowBits + 1) + 65_536;
    case 'zstd':
      if (bodyBytes !== undefined && bodyBytes <= ZSTD_SHORT_BODY_MAX) {
        return ZSTD_SHORT_BYTES;
      }
      return recipe.level <= ZSTD_LOW_LEVEL_MAX ? ZSTD_LOW_BYTES : ZSTD_HIGH_BYTES;
  }
}

/** Undefined: this Node does not show what a context needs. `bytes` of the body, where they are known, fit the tables to it. */
export function openContext(recipe: ZlibRecipe, bytes: number | undefined): ZlibJobContext | undefined {
  // Loaded by the first body that is compressed: it takes a start 2 to 4 ms and 0.3 MB.
  const zlib = process.getBuiltinModule('node:zlib');
  const { constants } = zlib;
  switch (recipe.kind) {
    case 'gunzip':
      return ZlibJobContext.of(zlib.createGunzip(STREAM_OPTIONS));
    case 'gzip': {
      const { level, windowBits, memoryLevel } = recipe;
      const options: ZlibOptions = { ...STREAM_OPTIONS, level, windowBits, memLevel: memoryLevel };
      return ZlibJobContext.of(zlib.createGzip(options));
    }
    case 'br': {
      const params: NonNullable<BrotliOptions['params']> = {
        [constants.BROTLI_PARAM_QUALITY]: recipe.level,
        [constants.BROTLI_PARAM_LGWIN]: recipe.windowBits,
        ...(bytes !== undefined && { [constants.BROTLI_PARAM_SIZE_HINT]: bytes }),
      };
      return ZlibJobContext.of(zlib.createBrotliCompress({ ...STREAM_OPTIONS, params }));
    }
    case 'zstd': {
      const params: NonNullable<ZstdOptions['params']> = {
        [constants.ZSTD_c_compressionLevel]: recipe.level,
        ...(recipe.windowBits !== undefined && { [constants.ZSTD_c_windowLog]: recipe.windowBits }),
      };
      return ZlibJobContext.of(
        zlib.createZstdCompress({
          ...STREAM_OPTIONS,
          params,
          ...(bytes !== undefined && { pledgedSrcSize: bytes }),
        }),
      );
    }
  }
}

/** The stream's own buffer is never used, and is as small as Node permits. */
const STREAM_OPTIONS = { chunkSize: 64 } as const;
