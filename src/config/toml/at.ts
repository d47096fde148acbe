/** What a model names by its index. */

export function at<T>(values: readonly T[], index: number): T {
  const value = values[index];
  if (value === undefined) {
    throw new Error(`the model names ${index}, and has ${values.length}`);
  }
  return value;
}
