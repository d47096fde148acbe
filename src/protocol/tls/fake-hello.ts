/** The first message of a TLS client, put together for tests: right or wrong. */

/** Bytes behind their length, which has `size` bytes. */
export function vector(size: number, ...parts: readonly (Buffer | string)[]): Buffer {
  const body = Buffer.concat(parts.map((part) => (typeof part === 'string' ? Buffer.from(part, 'latin1') : part)));
  return Buffer.concat([number(body.length, size), body]);
}

export function number(value: number, size: number): Buffer {
  const bytes = Buffer.alloc(size);
  bytes.writeUIntBE(value, 0, size);
  return bytes;
}

export function shorts(...numbers: readonly number[]): Buffer {
  return Buffer.concat(numbers.map((each) => number(each, 2)));
}

export function extension(type: number, ...content: readonly (Buffer | string)[]): Buffer {
  return Buffer.concat([number(type, 2), vector(2, ...content)]);
}

export function nameExtension(name: string, kind: number = 0): Buffer {
  return extension(0, vector(2, number(kind, 1), vector(2, name)));
}

/** Without extensions it has not even their length. */
export function helloMessage(extensions: readonly Buffer[] = [], sessionId: string = ''): Buffer {
  const fields = [shorts(0x0303), Buffer.alloc(32, 7), vector(1, sessionId), vector(2, shorts(0x1301, 0xc02f))];
  const tail = extensions.length === 0 ? [] : [vector(2, ...extensions)];
  return Buffer.concat([number(1, 1), vector(3, ...fields, vector(1, '\0'), ...tail)]);
}

/** The message in records of so many bytes at most. */
export function helloRecords(message: Buffer, size: number = message.length): Buffer {
  const records: Buffer[] = [];
  for (let at = 0; at < message.length; at += size) {
    records.push(Buffer.from([22, 3, 1]), vector(2, message.subarray(at, at + size)));
  }
  return Buffer.concat(records);
}
