/**
 * Finds the child of a node by its function: a hash table with open addressing in typed arrays. A Map would do, at three times the
 * time: (parent, function) in one number is no small integer, so each key would be an object of its own.
 */

const FIRST_SIZE = 256;
const NONE = -1;

export class ChildIndex {
  #mask = FIRST_SIZE - 1;
  #count = 0;
  #parents: Int32Array = new Int32Array(FIRST_SIZE);
  #functions: Int32Array = new Int32Array(FIRST_SIZE);
  #nodes: Int32Array = new Int32Array(FIRST_SIZE).fill(NONE);

  /** @returns the node, -1 where there is none. */
  get(parent: number, functionIndex: number): number {
    for (let at = this.#placeOf(parent, functionIndex); ; at = (at + 1) & this.#mask) {
      const node = this.#nodes[at] as number;
      if (node === NONE || (this.#parents[at] === parent && this.#functions[at] === functionIndex)) return node;
    }
  }

  /** Adds a child that is not there yet. */
  add(parent: number, functionIndex: number, node: number): void {
    // At most half full: longer chains cost more than the memory.
    if (2 * ++this.#count > this.#mask) this.#grow();
    this.#place(parent, functionIndex, node);
  }

  #place(parent: number, functionIndex: number, node: number): void {
    let at = this.#placeOf(parent, functionIndex);
    while (this.#nodes[at] !== NONE) at = (at + 1) & this.#mask;
    this.#parents[at] = parent;
    this.#functions[at] = functionIndex;
    this.#nodes[at] = node;
  }

  #placeOf(parent: number, functionIndex: number): number {
    // Knuth's multiplicative hash of both, folded: neighbours in the tree are not neighbours in the table.
    const mixed = Math.imul(Math.imul(parent, 0x9e3779b1) ^ functionIndex, 0x85ebca6b);
    return (mixed ^ (mixed >>> 15)) & this.#mask;
  }

  #grow(): void {
    const [parents, functions, nodes] = [this.#parents, this.#functions, this.#nodes];
    const size = 2 * nodes.length;
    this.#mask = size - 1;
    this.#parents = new Int32Array(size);
    this.#functions = new Int32Array(size);
    this.#nodes = new Int32Array(size).fill(NONE);
    for (let at = 0; at < nodes.length; at++)
      if (nodes[at] !== NONE) this.#place(parents[at] as number, functions[at] as number, nodes[at] as number);
  }
}
