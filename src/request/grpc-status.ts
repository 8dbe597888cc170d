/** gRPC answers 200 and says in its trailers how a call went. */

import type { ServerHttp2Stream } from 'node:http2';

/** By gRPC status code: https://github.com/googleapis/googleapis/blob/master/google/rpc/code.proto */
const HTTP_STATUS = [200, 499, 500, 400, 504, 404, 409, 403, 429, 400, 409, 400, 501, 500, 503, 500, 401];

/** The HTTP status of a call of a method that the server does not have. */
export const UNIMPLEMENTED = 501;

/** @returns the HTTP status that stands for how a call went, undefined where its stream broke before it was said. */
export function grpcStatus({ sentTrailers, sentHeaders }: ServerHttp2Stream): number | undefined {
  // A call without a message ends with its first headers.
  const code = sentTrailers?.['grpc-status'] ?? sentHeaders?.['grpc-status'];
  return code === undefined ? undefined : HTTP_STATUS[Number(code)];
}
