/**
 * An inspector session of the collector thread on the host's main thread: V8 does its part there, everything else happens here, the
 * reading of megabytes of JSON above all (docs/adr/0012-captures.md).
 */

import type { Session } from 'node:inspector';

/** This Node.js, or what it is permitted to do, has no inspector. */
export class NoInspector extends Error {}

export class MainThreadSession {
  readonly #session: Session;
  readonly #connected: Int32Array;

  private constructor(session: Session, connected: Int32Array) {
    this.#session = session;
    this.#connected = connected;
  }

  /**
   * @param connected one number, 1 while a session exists: a host that ends meanwhile waits for its end, for Node.js would wait and say so.
   * @throws NoInspector
   */
  static connect(connected: Int32Array): MainThreadSession {
    // Not by an import, which the host's module hooks would hear of.
    const inspector = process.getBuiltinModule('node:inspector') as typeof import('node:inspector') | undefined;
    if (!inspector) throw new NoInspector('this Node.js was built without an inspector');
    try {
      const session = new inspector.Session();
      session.connectToMainThread();
      Atomics.store(connected, 0, 1);
      return new MainThreadSession(session, connected);
    } catch (error) {
      throw new NoInspector(
        `this Node.js offers no inspector: ${error instanceof Error ? error.message : String(error)}`,
      );
    }
  }

  /** Calls a method of the Chrome DevTools protocol. */
  post<Answer = unknown>(method: string, params: object = {}): Promise<Answer> {
    return new Promise((resolve, reject) => {
      this.#session.post(method, params, (error: { message?: string } | null, answer) => {
        if (error) reject(new Error(`${method}: ${error.message ?? 'failed'}`));
        else resolve(answer as Answer);
      });
    });
  }

  onEvent(method: string, listener: (params: unknown) => void): void {
    this.#session.on(method, ({ params }: { params: unknown }) => listener(params));
  }

  /** Whatever it had switched on, V8 switches off. Answers that are still to come never do. */
  disconnect(): void {
    // A second time it does nothing.
    this.#session.disconnect();
    Atomics.store(this.#connected, 0, 0);
    Atomics.notify(this.#connected, 0);
  }
}
