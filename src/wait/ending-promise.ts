/**
 * @param end is called before the promise's own handlers are, with what it was fulfilled with, if it was.
 * @returns a promise of the same class that settles alike, after the operation has ended: not the same one, because a handler on
 * that would hide a rejection which the host does not handle. What is no promise is returned as it is.
 */
export function endingPromise<Result>(result: Result, end: (value?: Awaited<Result>) => void): Result {
  if (!isPromise(result)) {
    end();
    return result;
  }
  return result.then(
    (value) => {
      end(value as Awaited<Result>);
      return value;
    },
    (error: unknown) => {
      end();
      throw error;
    },
  ) as Result;
}

function isPromise(value: unknown): value is Promise<unknown> {
  return typeof value === 'object' && value !== null && typeof (value as { then?: unknown }).then === 'function';
}
