/**
 * The truth about a server: how much CPU time, or time blocked, its planted functions used, by route. Every burn lasts until the
 * thread's own CPU clock has moved on by the given time, so neither the machine's speed nor its load matters.
 */

'use strict';

const { threadCpuNs } = require('./thread-clock.cjs');

/** A burn may end this much too early: what it took is measured, not assumed. */
const MIN_LEFT_NS = 50_000;
/** A clock that has not moved on, as it happens after few rounds, must not ask for endless ones. */
const LEAST_ROUND_NS = 0.5;

/** Planted functions on the stack; nothing awaits between `enter` and `leave`. */
const stack = [];
/** route -> function -> own and inclusive time. */
const routes = new Map();
let startedNs = threadCpuNs();
let startedCpu = process.cpuUsage();

/** Starts counting the thread's CPU time; call it when the server listens. */
exports.start = () => {
  startedNs = threadCpuNs();
  startedCpu = process.cpuUsage();
};

/** A planted function begins; the route is that of the caller unless given. */
exports.enter = (name, route) => {
  push(name, route, threadCpuNs());
};

exports.leave = () => {
  pop(threadCpuNs());
};

/**
 * A planted function burns CPU. It loops itself, `for (let rounds = burn.rounds(); rounds > 0; rounds = burn.rounds())`, so that the
 * time is its own.
 */
exports.begin = (name, cpuMs, route) => {
  const nowNs = threadCpuNs();
  push(name, route, nowNs);
  return new Burn(name, nowNs, cpuMs * 1e6);
};

/** What a round of a function's loop costs, learned all the time. */
const roundNs = new Map();

class Burn {
  #name;
  #readNs;
  #untilNs;
  #rounds = 0;

  constructor(name, nowNs, cpuNs) {
    this.#name = name;
    this.#readNs = nowNs;
    this.#untilNs = nowNs + cpuNs;
  }

  /**
   * @returns how many rounds come next; 0, once, when the time has been burnt, which ends the function's part. The clock is read three or
   * four times per burn only: signals, and so samples, arrive more often at system calls than between them.
   */
  rounds() {
    if (this.#rounds > 0) {
      const nowNs = threadCpuNs();
      const eachNs = Math.max(LEAST_ROUND_NS, (nowNs - this.#readNs) / this.#rounds);
      roundNs.set(this.#name, 0.8 * (roundNs.get(this.#name) ?? eachNs) + 0.2 * eachNs);
      this.#readNs = nowNs;
    }
    const leftNs = this.#untilNs - this.#readNs;
    if (leftNs < MIN_LEFT_NS) {
      pop(this.#readNs);
      return 0;
    }
    this.#rounds = Math.ceil(leftNs / (roundNs.get(this.#name) ?? 10));
    return this.#rounds;
  }
}

function push(name, route = stack.at(-1)?.route, startNs) {
  stack.push({ name, route, startNs, startMs: performance.now(), innerNs: 0, innerMs: 0 });
}

function pop(nowNs) {
  const { name, route, startNs, startMs, innerNs, innerMs } = stack.pop();
  const cpuNs = nowNs - startNs;
  const wallMs = performance.now() - startMs;
  const figures = figuresOf(route, name);
  figures.selfNs += cpuNs - innerNs;
  figures.selfWallMs += wallMs - innerMs;
  // Recursion counts once, as in pstats.
  if (!stack.some((outer) => outer.name === name)) {
    figures.totalNs += cpuNs;
    figures.totalWallMs += wallMs;
  }
  const caller = stack.at(-1);
  if (!caller) return;
  caller.innerNs += cpuNs;
  caller.innerMs += wallMs;
}

/** @returns what test/accuracy/truth.ts describes as `Truth`. */
exports.report = () => {
  const { user, system } = process.cpuUsage(startedCpu);
  return {
    threadNs: threadCpuNs() - startedNs,
    processNs: (user + system) * 1000,
    routes: Object.fromEntries([...routes].map(([route, functions]) => [route, Object.fromEntries(functions)])),
  };
};

function figuresOf(route, name) {
  let functions = routes.get(route);
  if (!functions) {
    functions = new Map();
    routes.set(route, functions);
  }
  let figures = functions.get(name);
  if (!figures) {
    figures = { selfNs: 0, totalNs: 0, selfWallMs: 0, totalWallMs: 0 };
    functions.set(name, figures);
  }
  return figures;
}
