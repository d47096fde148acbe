/** For the default of an exhaustive switch: a new kind fails to compile, and a value from outside the types stops here. */
export function unreachable(value: never): never {
  throw new Error(`unreachable: ${JSON.stringify(value)}`);
}
