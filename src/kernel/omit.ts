/** The object without some of its properties. */
export function omit<T extends object, K extends keyof T>(value: T, ...names: readonly K[]): Omit<T, K> {
  const left: Partial<T> = { ...value };
  for (const name of names) {
    delete left[name];
  }
  return left as Omit<T, K>;
}
