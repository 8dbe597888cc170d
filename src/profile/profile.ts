/**
 * The one profile model in the middle: what the collector builds, the API sends and every exporter reads.
 * In memory and on the wire it has the same shape (docs/architecture.md, "The call tree on the wire"); in memory the columns
 * may be typed arrays. Values are built once, then read only.
 */

/** What kind of code a function is. `wait` and `idle` are not code: time off the JavaScript thread. */
export type Category = 'app' | 'package' | 'node' | 'native' | 'gc' | 'wait' | 'idle';

/** One function, identified by name, file, line and column (1-based, source-mapped where a map exists). */
export interface FunctionInfo {
  /** `(anonymous)` where the source gives none. */
  readonly name: string;
  /** Absolute path, `node:` URL, or '' where there is none (native code, garbage collection). */
  readonly file: string;
  /** First line of the function, 1-based; 0 when unknown. */
  readonly line: number;
  /** First column of the function, 1-based; 0 when unknown. */
  readonly column: number;
  readonly category: Category;
  /** npm package name, only for category `package`. */
  readonly package?: string;
  /** Exact number of calls, only where a capture counted them. */
  readonly calls?: number;
}

/** A column of one number per node. */
export type Column = ArrayLike<number>;

/** What was measured in a node itself, without its children. One entry per node in every column. */
export interface SelfColumns {
  /** Samples whose innermost frame is this node; weighted counts may be fractional. */
  readonly samples: Column;
  /** Time on a CPU, nanoseconds. */
  readonly cpuNs: Column;
  /** Time on the JavaScript thread, nanoseconds. */
  readonly wallNs: Column;
  /** Time awaited off the JavaScript thread, nanoseconds. */
  readonly waitNs: Column;
  /** Number of awaited operations. */
  readonly waits: Column;
}

/** A calling-context tree in columns. Node 0 is the root and stands for no function; a parent's index is below its children's. */
export interface NodeColumns {
  /** Index of the parent node; -1 for the root. */
  readonly parent: Column;
  /** Index into `functions`; -1 for the root. */
  readonly function: Column;
  readonly self: SelfColumns;
}

/** The call tree of the given routes over a window of time. */
export interface Profile {
  readonly version: 1;
  /** Id of the run, '' when unknown (an imported file). */
  readonly run: string;
  /** Milliseconds since the epoch. */
  readonly window: { readonly from: number; readonly to: number };
  /** The routes summed in this tree. */
  readonly routes: readonly string[];
  /** Requests that ended in the window. */
  readonly requests: number;
  readonly intervalMs: number;
  readonly functions: readonly FunctionInfo[];
  readonly nodes: NodeColumns;
}

/** The names of the measured columns, in the order in which formats list them. */
export const SELF_COLUMNS = ['samples', 'cpuNs', 'wallNs', 'waitNs', 'waits'] as const;

/** Which time a view or an exporter shows: on a CPU, on the thread plus awaited, or awaited. */
export type Metric = 'cpu' | 'wall' | 'wait';

export const METRICS: readonly Metric[] = ['cpu', 'wall', 'wait'];
