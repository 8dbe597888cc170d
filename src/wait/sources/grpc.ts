/**
 * gRPC through @grpc/grpc-js 1: calls with one answer, until their callback is called; of answers that are streamed the reading, from the
 * first listener for data to the last message.
 */

import type { EventEmitter } from 'node:events';
import type { Readable } from 'node:stream';
import type { DriverFunction, DriverSeam, DriverSource } from '../driver.ts';
import { type BodyFollower, followListeners } from '../follow-body.ts';
import { type Method, replaceMethod } from '../replace-method.ts';

/** Methods of a client whose answer is one message, and the first argument that may be its callback: before it are functions of the protocol. */
const ANSWERED = { makeUnaryRequest: 4, makeClientStreamRequest: 3 };
const STREAMED = ['makeServerStreamRequest', 'makeBidiStreamRequest'];
const MAX_PATH = 200;

interface Exports {
  readonly Client: { readonly prototype: object };
}

export const grpcSource: DriverSource = {
  name: 'grpc',
  // Before the package itself has loaded: it keeps the methods for the clients that it makes of a protocol.
  modules: ['@grpc/grpc-js/build/src/client'],
  packages: new Set(['@grpc/grpc-js', '@grpc/proto-loader', 'protobufjs']),
  patch(exports, seam) {
    const { prototype } = (exports as Exports).Client;
    for (const [name, from] of Object.entries(ANSWERED)) followAnswered(seam, prototype, name, from);
    for (const name of STREAMED) followStreamed(seam, prototype, name);
  },
};

function followAnswered(seam: DriverSeam, prototype: object, name: string, from: number): void {
  seam.patchOnce(prototype, name, (original: Method) => {
    const callWithWait: Method = function callWithWait(...args) {
      const operation = seam.isTracing ? seam.begin(grpcSource, callWithWait, () => labelOf(args)) : undefined;
      const at = args.findIndex((argument, index) => index >= from && typeof argument === 'function');
      return bindEvents(seam, Reflect.apply(original, this, seam.withCallback(args, operation, at)));
    };
    return callWithWait;
  });
}

function followStreamed(seam: DriverSeam, prototype: object, name: string): void {
  seam.patchOnce(prototype, name, (original: Method) => {
    const callWithWait: Method = function callWithWait(...args) {
      const call = bindEvents(seam, Reflect.apply(original, this, args));
      if (seam.isTracing) seam.run(grpcSource, () => followListeners(call as Readable, readerOf(seam, args)));
      return call;
    };
    return callWithWait;
  });
}

/** What is told of a call comes from a connection that others have opened. */
function bindEvents(seam: DriverSeam, call: unknown): unknown {
  seam.run(grpcSource, () => {
    const emit = (call as EventEmitter).emit as Method;
    const bound = seam.bind(emit);
    if (bound !== emit) replaceMethod(call as EventEmitter, 'emit', () => bound);
  });
  return call;
}

function readerOf(seam: DriverSeam, args: readonly unknown[]): BodyFollower {
  return {
    begin: (below: DriverFunction) => (seam.isTracing ? seam.begin(grpcSource, below, () => labelOf(args)) : undefined),
    end: (operation) => seam.end(operation),
    enter: (operation) => seam.enter(operation),
  };
}

/** `/package.Service/Method`, as the protocol's definition has it. */
function labelOf([path]: readonly unknown[]): string {
  return String(path).replace(/^\//, '').slice(0, MAX_PATH);
}
