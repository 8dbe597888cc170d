/**
 * The one mutable call tree: stacks and figures are added for as long as a server runs, and `build` takes a snapshot at any time.
 * Its size is bounded; what exceeds the bound is folded together, so that totals stay true.
 */

import { ChildIndex } from './child-index.ts';
import { type FunctionInfo, type Profile, SELF_COLUMNS } from './profile.ts';

export interface CallTreeLimits {
  /** Most nodes, the root and the `(truncated)` ones included; at least 16. */
  readonly maxNodes: number;
  /** Most functions; the rest share one called `(truncated)`. */
  readonly maxFunctions: number;
}

/** What one node measured itself. What is left out counts as 0. */
export type SelfFigures = { readonly [column in (typeof SELF_COLUMNS)[number]]?: number };

export type ProfileMetadata = Pick<Profile, 'run' | 'window' | 'routes' | 'requests' | 'intervalMs'>;

export const ROOT = 0;
/** Stands for what a bound did not let in. */
export const TRUNCATED_FUNCTION: FunctionInfo = {
  name: '(truncated)',
  file: '',
  line: 0,
  column: 0,
  category: 'native',
};

const DEFAULT_LIMITS: CallTreeLimits = { maxNodes: 200_000, maxFunctions: 50_000 };
const LEAST_NODES = 16;
/** More than any machine holds, and few enough for 32-bit columns. */
const MOST = 2 ** 26;

export class CallTreeBuilder {
  readonly #limits: CallTreeLimits;
  /** From here on only `(truncated)` nodes are added, so that most parents still get one of their own. */
  readonly #openNodes: number;
  readonly #functions: FunctionInfo[] = [];
  readonly #functionByKey = new Map<string, number>();
  /** The same by the objects themselves: those who add many profiles share them. */
  readonly #functionByInfo = new WeakMap<FunctionInfo, number>();
  readonly #calls = new Map<number, number>();
  readonly #parents: number[] = [-1];
  readonly #functionOfNode: number[] = [-1];
  readonly #children = new ChildIndex();
  readonly #columns: Record<(typeof SELF_COLUMNS)[number], number[]> = {
    samples: [0],
    cpuNs: [0],
    wallNs: [0],
    waitNs: [0],
    waits: [0],
  };
  /** Index of the `(truncated)` function; -2, which is no node's function, until there is one. */
  #truncatedFunction = -2;

  constructor(limits: Partial<CallTreeLimits> = {}) {
    const { maxNodes, maxFunctions } = { ...DEFAULT_LIMITS, ...limits };
    this.#limits = {
      maxNodes: Math.min(Math.max(maxNodes, LEAST_NODES), MOST),
      maxFunctions: Math.min(Math.max(maxFunctions, 1), MOST),
    };
    this.#openNodes = Math.floor(this.#limits.maxNodes * 0.9);
  }

  get nodeCount(): number {
    return this.#parents.length;
  }

  get functionCount(): number {
    return this.#functions.length;
  }

  /** @returns the function's index, the same for the same name, file, line, column, category and package; `calls` is not added */
  addFunction(info: FunctionInfo): number {
    const same = this.#functionByInfo.get(info);
    if (same !== undefined) return same;
    const known = this.#functionByKey.get(keyOf(info));
    // The last place is kept for `(truncated)`.
    const hasRoom = known !== undefined || this.#functions.length < this.#limits.maxFunctions - 1;
    const index = known ?? (hasRoom ? this.#intern(info) : this.#internTruncated());
    this.#functionByInfo.set(info, index);
    return index;
  }

  /** Adds exactly counted calls of a function. */
  addCalls(functionIndex: number, calls: number): void {
    this.#calls.set(functionIndex, (this.#calls.get(functionIndex) ?? 0) + calls);
  }

  /**
   * Finds or creates the node of a function called from `parent`. Over the bound the answer is the parent's `(truncated)` node, and
   * when there is no room for that either the root's.
   */
  child(parent: number, functionIndex: number): number {
    const known = this.#children.get(parent, functionIndex);
    if (known >= 0) return known;
    const parentIsTruncated = this.#functionOfNode[parent] === this.#truncatedFunction;
    if (functionIndex === this.#truncatedFunction) {
      if (parentIsTruncated) return parent;
      // The last place is kept for the root's own.
      if (this.nodeCount < this.#limits.maxNodes - 1 || parent === ROOT) return this.#addNode(parent, functionIndex);
      return this.child(ROOT, functionIndex);
    }
    if (this.nodeCount < this.#openNodes) return this.#addNode(parent, functionIndex);
    return parentIsTruncated ? parent : this.child(parent, this.#internTruncated());
  }

  addSelf(node: number, figures: SelfFigures): void {
    for (const name of SELF_COLUMNS) {
      const figure = figures[name];
      if (figure !== undefined) this.#columns[name][node] = (this.#columns[name][node] ?? 0) + figure;
    }
  }

  /** A snapshot: later additions do not change it. */
  build(metadata: ProfileMetadata): Profile {
    return {
      version: 1,
      ...metadata,
      functions: this.#functions.map((info, index) => {
        const calls = this.#calls.get(index);
        return calls === undefined ? info : { ...info, calls };
      }),
      nodes: {
        parent: new Int32Array(this.#parents),
        function: new Int32Array(this.#functionOfNode),
        self: {
          samples: new Float64Array(this.#columns.samples),
          cpuNs: new Float64Array(this.#columns.cpuNs),
          wallNs: new Float64Array(this.#columns.wallNs),
          waitNs: new Float64Array(this.#columns.waitNs),
          waits: new Float64Array(this.#columns.waits),
        },
      },
    };
  }

  #intern(info: FunctionInfo): number {
    const { calls: _calls, ...identity } = info;
    const index = this.#functions.push(identity) - 1;
    this.#functionByKey.set(keyOf(info), index);
    // A merged profile may bring its own.
    if (keyOf(info) === keyOf(TRUNCATED_FUNCTION)) this.#truncatedFunction = index;
    return index;
  }

  #internTruncated(): number {
    return this.#truncatedFunction >= 0 ? this.#truncatedFunction : this.#intern(TRUNCATED_FUNCTION);
  }

  #addNode(parent: number, functionIndex: number): number {
    const node = this.#parents.push(parent) - 1;
    this.#functionOfNode.push(functionIndex);
    for (const name of SELF_COLUMNS) this.#columns[name].push(0);
    this.#children.add(parent, functionIndex, node);
    return node;
  }
}

/** Lengths in front, so that no name or path can be chosen to look like another function's key. */
function keyOf({ name, file, line, column, category, package: packageName = '' }: FunctionInfo): string {
  return `${line}:${column}:${category}:${packageName.length}:${file.length}:${packageName}${file}${name}`;
}
