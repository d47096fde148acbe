/** What Node itself reads, writes and shuts down its streams by. Nothing of it is documented, so whoever uses it has another way where this Node is not as it is expected to be. */

export interface StreamRequest {
  handle?: unknown;
  oncomplete?: (status: number) => void;
  /** Bytes that must live until they have left. */
  buffer?: Buffer;
}

export interface StreamBinding {
  readonly WriteWrap: new () => StreamRequest;
  readonly ShutdownWrap: new () => StreamRequest;
  /** Where the last call has left what it has to say; the numbers below are places in it. */
  readonly streamBaseState: Int32Array;
  readonly kReadBytesOrError: number;
  readonly kArrayBufferOffset: number;
  readonly kLastWriteWasAsync: number;
}

let known: { readonly binding: StreamBinding | undefined } | undefined;

export function streamBinding(): StreamBinding | undefined {
  known ??= { binding: checkStreamBinding(bindingOf('stream_wrap')) };
  return known.binding;
}

/** Undefined: Node shows none of this name. */
export function bindingOf(name: string): unknown {
  const { binding } = process as unknown as { readonly binding?: (name: string) => unknown };
  try {
    return binding?.call(process, name);
  } catch {
    return undefined;
  }
}

export function checkStreamBinding(found: unknown): StreamBinding | undefined {
  const binding = (found ?? {}) as Partial<StreamBinding>;
  const { kReadBytesOrError, kArrayBufferOffset, kLastWriteWasAsync } = binding;
  const isAsExpected =
    typeof binding.WriteWrap === 'function' &&
    typeof binding.ShutdownWrap === 'function' &&
    binding.streamBaseState instanceof Int32Array &&
    [kReadBytesOrError, kArrayBufferOffset, kLastWriteWasAsync].every((place) => typeof place === 'number');
  return isAsExpected ? (binding as StreamBinding) : undefined;
}
