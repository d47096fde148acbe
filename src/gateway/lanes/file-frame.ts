/**
 * FILE of docs/lanes.md: a worker names an open file instead of sending its bytes. The edge opens the path itself and believes
 * it only if it finds the very file the worker has open.
 */

import type { BigIntStats } from 'node:fs';
import { close, constants, fstat, open } from 'node:fs';
import type { FilePart } from '../../protocol/http/exchange.ts';

const FIXED_BYTES = 32;

export interface FileRequest {
  readonly offset: bigint;
  readonly length: bigint;
  readonly device: bigint;
  readonly inode: bigint;
  readonly path: string;
}

export function readFileFrame(payload: Buffer): FileRequest | undefined {
  if (payload.length <= FIXED_BYTES) {
    return undefined;
  }
  return {
    offset: payload.readBigUInt64LE(0),
    length: payload.readBigUInt64LE(8),
    device: payload.readBigUInt64LE(16),
    inode: payload.readBigUInt64LE(24),
    path: payload.toString('utf8', FIXED_BYTES),
  };
}

function isTheFile(request: FileRequest, stats: BigIntStats): boolean {
  return (
    stats.isFile() &&
    stats.dev === request.device &&
    stats.ino === request.inode &&
    request.offset + request.length <= stats.size
  );
}

/** Calls back with the open file, or undefined if it cannot be had: the worker then sends the bytes. */
export function openWorkerFile(payload: Buffer, opened: (part: FilePart | undefined) => void): void {
  const request = readFileFrame(payload);
  // Node throws at a NUL: nothing a worker says may end the edge.
  if (request === undefined || request.path.includes('\0')) {
    opened(undefined);
    return;
  }
  open(request.path, constants.O_RDONLY | constants.O_NONBLOCK, (openError, fd) => {
    if (openError !== null) {
      opened(undefined);
      return;
    }
    fstat(fd, { bigint: true }, (statError, stats) => {
      if (statError === null && isTheFile(request, stats)) {
        opened({ kind: 'file', fd, offset: Number(request.offset), length: Number(request.length) });
      } else {
        closeFile(fd);
        opened(undefined);
      }
    });
  });
}

/** A descriptor of ours that was only read from: closing it cannot lose anything. */
export function closeFile(fd: number): void {
  close(fd, () => undefined);
}
