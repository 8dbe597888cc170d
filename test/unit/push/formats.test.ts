/** What is pushed, read by others: Pyroscope's JSON with pprof inside, OTLP by the OpenTelemetry Collector's own library. */

import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import test from 'node:test';
import { fileURLToPath } from 'node:url';
import { gunzipSync } from 'node:zlib';
import fc from 'fast-check';
import { Profile as PprofProfile } from 'pprof-format';
import { routeFunction } from '../../../src/profile/by-route.ts';
import { CallTreeBuilder, ROOT } from '../../../src/profile/call-tree-builder.ts';
import type { Profile } from '../../../src/profile/profile.ts';
import { otlpFormat } from '../../../src/push/otlp.ts';
import { pyroscopeFormat } from '../../../src/push/pyroscope.ts';
import { skipUnless } from '../../helpers/debian-program.ts';
import { arbitraryProfile, METADATA, parseTree, WILD_NAMES } from '../../helpers/profiles.ts';

const SOURCE = {
  serviceName: 'shop',
  run: 'run-1',
  pid: 77,
  version: '1.2.3',
  labels: { env: 'prod', 'team.name': 'é=1' },
};
const TYPES = ['samples/count', 'cpu/nanoseconds', 'wall/nanoseconds', 'wait/nanoseconds', 'waits/count'] as const;
type Totals = Record<string, Record<string, number>>;

/** Each profile below a route of its own, as the collector records it. */
function recorded(routes: Readonly<Record<string, Profile>>): Profile {
  const builder = new CallTreeBuilder();
  for (const [route, { nodes, functions }] of Object.entries(routes)) {
    const target = [builder.child(ROOT, builder.addFunction(routeFunction(route)))];
    for (let node = 0; node < nodes.parent.length; node++) {
      const info = functions[nodes.function[node] ?? -1];
      if (info) target[node] = builder.child(target[nodes.parent[node] ?? 0] ?? ROOT, builder.addFunction(info));
      const { self } = nodes;
      builder.addSelf(target[node] ?? ROOT, {
        samples: self.samples[node] ?? 0,
        cpuNs: self.cpuNs[node] ?? 0,
        wallNs: self.wallNs[node] ?? 0,
        waitNs: self.waitNs[node] ?? 0,
        waits: self.waits[node] ?? 0,
      });
    }
  }
  return builder.build({ ...METADATA, routes: [] });
}

function expectedTotals(routes: Readonly<Record<string, Profile>>): Totals {
  const sum = (column: ArrayLike<number>): number => Array.from(column).reduce((all, own) => all + own, 0);
  return Object.fromEntries(
    Object.entries(routes).map(
      ([
        route,
        {
          nodes: { self },
        },
      ]) => {
        const figures = [
          sum(self.samples),
          sum(self.cpuNs),
          sum(self.wallNs) + sum(self.waitNs),
          sum(self.waitNs),
          sum(self.waits),
        ];
        return [route, Object.fromEntries(TYPES.map((type, at) => [type, figures[at] ?? 0]))];
      },
    ),
  );
}

interface PushRequest {
  readonly series: readonly {
    readonly labels: readonly { readonly name: string; readonly value: string }[];
    readonly samples: readonly { readonly rawProfile: string }[];
  }[];
}

const ROUTES = {
  'GET /users/:id': parseTree(
    'a @/srv/a.js:1:2 7\n  b @/srv/b.js:3:4 samples=2 cpu=5 wall=9\n    SELECT samples=0 wait=830 waits=4',
  ),
  'POST /': parseTree('a @/srv/a.js:1:2 5'),
};

test('pyroscope: a series per route with its labels, and pprof with all sample types', () => {
  const { series } = JSON.parse(
    Buffer.from(pyroscopeFormat.encode({ tree: recorded(ROUTES), source: SOURCE })).toString(),
  ) as PushRequest;
  const totals: Totals = {};
  for (const { labels, samples } of series) {
    const { route = '', ...others } = Object.fromEntries(labels.map(({ name, value }) => [name, value]));
    assert.deepEqual(others, {
      __name__: 'process_cpu',
      env: 'prod',
      pid: '77',
      service_instance: 'run-1',
      service_name: 'shop',
      team_name: 'é=1',
    });
    assert.deepEqual(
      labels.map(({ name }) => name),
      labels.map(({ name }) => name).sort(),
    );
    const profile = PprofProfile.decode(gunzipSync(Buffer.from(samples[0]?.rawProfile ?? '', 'base64')));
    const text = (index: number | bigint): string => profile.stringTable.strings[Number(index)] ?? '';
    totals[route] = Object.fromEntries(
      profile.sampleType.map(({ type, unit }, at) => [
        `${text(type)}/${text(unit)}`,
        profile.sample.reduce((sum, { value }) => sum + Number(value[at]), 0),
      ]),
    );
    assert.equal(profile.timeNanos, BigInt(METADATA.window.from) * 1_000_000n);
    assert.equal(profile.durationNanos, 30_000_000_000n);
  }
  assert.deepEqual(totals, expectedTotals(ROUTES));
});

// OTLP, read by the library of the OpenTelemetry Collector

const go = await skipUnless('go', ['version'], null);
const DECODER = fileURLToPath(new URL('../../fixtures/otlp', import.meta.url));

interface AnyValue {
  readonly stringValue?: string;
  readonly intValue?: string;
  /** The library moves texts into the dictionary. */
  readonly stringValueStrindex?: number;
}
interface OtlpRequest {
  readonly resourceProfiles: readonly {
    readonly resource: { readonly attributes: readonly { readonly keyStrindex: number; readonly value: AnyValue }[] };
    readonly scopeProfiles: readonly {
      readonly scope: { readonly name: string; readonly version: string };
      readonly profiles: readonly {
        readonly sampleType: { readonly typeStrindex?: number; readonly unitStrindex?: number };
        readonly samples?: readonly {
          readonly stackIndex?: number;
          readonly attributeIndices?: readonly number[];
          readonly values: readonly string[];
        }[];
        readonly timeUnixNano: string;
        readonly durationNano: string;
        readonly period: string;
      }[];
    }[];
  }[];
  readonly dictionary: {
    readonly stringTable: readonly string[];
    readonly attributeTable: readonly { readonly keyStrindex?: number; readonly value?: AnyValue }[];
    readonly stackTable: readonly { readonly locationIndices?: readonly number[] }[];
    readonly locationTable: readonly {
      readonly lines?: readonly { readonly functionIndex: number; readonly line?: string; readonly column?: string }[];
    }[];
    readonly functionTable: readonly {
      readonly nameStrindex?: number;
      readonly filenameStrindex?: number;
      readonly startLine?: string;
    }[];
  };
}

function decode(tree: Profile): OtlpRequest {
  const input = otlpFormat.encode({ tree, source: SOURCE });
  const text = execFileSync('go', ['run', '.'], {
    cwd: DECODER,
    input,
    maxBuffer: 64 << 20,
    env: { ...process.env, GOFLAGS: '-mod=mod' },
  });
  return JSON.parse(text.toString()) as OtlpRequest;
}

test("OTLP: the collector's library reads every figure, stack, route and attribute", go, () => {
  const odd = Object.fromEntries(
    fc
      .sample(arbitraryProfile({ wildNames: true }), { seed: 5, numRuns: 4 })
      .map((profile, at) => [`GET /${WILD_NAMES[at + 5]}`, profile]),
  );
  const routes = { ...ROUTES, ...odd };
  const { resourceProfiles, dictionary } = decode(recorded(routes));
  const [resource] = resourceProfiles;
  assert.ok(resource);
  const { stringTable, attributeTable, stackTable, locationTable, functionTable } = dictionary;
  const text = (index = 0): string => stringTable[index] ?? `no string ${index}`;
  const stringOf = ({ stringValue, stringValueStrindex }: AnyValue): string => stringValue ?? text(stringValueStrindex);
  const attributes = Object.fromEntries(
    resource.resource.attributes.map(({ keyStrindex, value }) => [
      text(keyStrindex),
      value.intValue === undefined ? stringOf(value) : Number(value.intValue),
    ]),
  );
  assert.deepEqual(attributes, {
    'service.name': 'shop',
    'service.instance.id': 'run-1',
    'process.pid': 77,
    'process.runtime.name': 'nodejs',
    env: 'prod',
    'team.name': 'é=1',
  });
  const [scope] = resource.scopeProfiles;
  assert.deepEqual(scope?.scope, { name: 'profiler', version: '1.2.3' });
  // Entry 0 of each table is empty.
  assert.equal(text(0), '');
  assert.deepEqual(
    [attributeTable[0], stackTable[0], locationTable[0], functionTable[0]].map((entry) => JSON.stringify(entry)),
    [...['{"value":{}}', '{}', '{}', '{}']],
  );
  const totals: Totals = {};
  const stacks = new Set<string>();
  for (const { sampleType, samples = [], timeUnixNano, durationNano, period } of scope?.profiles ?? []) {
    const type = `${text(sampleType.typeStrindex)}/${text(sampleType.unitStrindex)}`;
    assert.deepEqual([timeUnixNano, durationNano, period], ['1700000000000000000', '30000000000', '10000000']);
    for (const { stackIndex = 0, attributeIndices = [], values } of samples) {
      const attribute = attributeTable[attributeIndices[0] ?? 0];
      assert.equal(text(attribute?.keyStrindex), 'http.route');
      const route = attribute?.value ? stringOf(attribute.value) : '';
      const ofRoute = totals[route] ?? Object.fromEntries(TYPES.map((name) => [name, 0]));
      totals[route] = ofRoute;
      ofRoute[type] = (ofRoute[type] ?? 0) + values.reduce((sum, value) => sum + Number(value), 0);
      const frames = (stackTable[stackIndex]?.locationIndices ?? []).map((location) => {
        const [line] = locationTable[location]?.lines ?? [];
        const info = functionTable[line?.functionIndex ?? 0];
        return `${text(info?.nameStrindex)}@${text(info?.filenameStrindex)}:${line?.line ?? 0}:${line?.column ?? 0}`;
      });
      if (route in ROUTES) stacks.add(`${type} ${route}: ${frames.join(' < ')}`);
    }
  }
  const expected = expectedTotals(routes);
  for (const [route, figures] of Object.entries(expected))
    if (Object.values(figures).every((figure) => figure === 0)) delete expected[route];
  const wellFormed = Object.fromEntries(
    Object.entries(expected).map(([route, figures]) => [Buffer.from(route).toString(), figures]),
  );
  assert.deepEqual(totals, wellFormed);
  assert.ok(
    stacks.has('wait/nanoseconds GET /users/:id: SELECT@:0:0 < b@/srv/b.js:3:4 < a@/srv/a.js:1:2'),
    [...stacks].join('\n'),
  );
});
