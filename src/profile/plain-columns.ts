/** A replacer for `JSON.stringify`: the model's columns may be typed arrays, in JSON they are arrays. */

export function plainColumns(_key: string, value: unknown): unknown {
  return ArrayBuffer.isView(value) && !(value instanceof DataView)
    ? Array.from(value as unknown as ArrayLike<number>)
    : value;
}
