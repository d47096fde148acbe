// Methods that every Node 24 has and its type package leaves out. They skip the encoding lookup of
// `write` and `toString`, which counts on the path that every request takes.

interface Buffer<TArrayBuffer extends ArrayBufferLike = ArrayBufferLike> {
  latin1Slice(start?: number, end?: number): string;
  latin1Write(text: string, offset?: number, length?: number): number;
  utf8Slice(start?: number, end?: number): string;
  utf8Write(text: string, offset?: number, length?: number): number;
  asciiSlice(start?: number, end?: number): string;
}
