/** Everything known of the selected function, and what can be done with it. */

import { useComputed } from '@preact/signals';
import type { JSX } from 'preact';
import { type CallEdge, callees, callers } from '../../src/profile/call-edges.ts';
import { formatSamples } from '../../src/profile/display-figures.ts';
import { printable } from '../../src/profile/printable.ts';
import { functionKey } from '../model/function-key.ts';
import { functionMarkdown } from '../model/markdown-summary.ts';
import { originOf } from '../model/sort-table.ts';
import { countText, nameText, percentText, placeText } from '../model/text.ts';
import { TRANSFORM_KINDS } from '../model/transforms.ts';
import { copyText, heaviestStack } from '../state/actions.ts';
import { useStore } from '../state/store.ts';
import { FunctionFacts } from './function-facts.tsx';

const EDGES_SHOWN = 6;

export function Drawer(): JSX.Element | null {
  const store = useStore();
  const { shown, go, set, transform } = store;
  const row = shown.selectedRow.value;
  const profile = shown.profile.value;
  const edges = useComputed(() => {
    const [of, selected] = [shown.profile.value, shown.selected.value];
    if (of === null || selected < 0) return { callers: [], callees: [] };
    const heaviest = (all: readonly CallEdge[] | undefined): readonly CallEdge[] => (all ?? []).slice(0, EDGES_SHOWN);
    const metric = shown.metric.value;
    return { callers: heaviest(callers(of, metric)[selected]), callees: heaviest(callees(of, metric)[selected]) };
  });
  if (row === null || profile === null) return null;
  const { info } = row;
  const unit = shown.unit.value;
  const seconds = unit.kind === 'time' ? 's' : '';
  const total = shown.total.value;
  const summary = { profile, metric: shown.metric.value, unit, row, totalNs: total, ...edges.value };
  return (
    <aside class="drawer" aria-label="Selected function">
      <div class="drawer-head">
        <h2>{nameText(info)}</h2>
        <button type="button" aria-label="Close" onClick={() => set({ function: null })}>
          ×
        </button>
      </div>
      <p class="place">{placeText(info, true) || info.category}</p>
      <p>
        <span class="pill">{printable(originOf(row))}</span>
      </p>
      <dl class="figures">
        <Figure title="Self" value={unit.cell(row.selfNs)} unit={seconds} share={percentText(row.selfNs, total)} />
        <Figure title="Total" value={unit.cell(row.totalNs)} unit={seconds} share={percentText(row.totalNs, total)} />
        {profile.requests > 0 && (
          <Figure title="Total per request" value={unit.format(row.totalNs / profile.requests)} />
        )}
        <Figure
          title={unit.kind === 'time' ? 'Samples' : 'Objects'}
          value={formatSamples(row.totalSamples)}
          share={`${formatSamples(row.selfSamples)} in itself`}
        />
        {row.calls !== undefined && <Figure title="Calls" value={countText(row.calls)} share="exact" />}
      </dl>
      <div class="button-row">
        <button type="button" onClick={() => go({ tab: 'sandwich' })}>
          Sandwich
        </button>
        <button type="button" onClick={() => go({ tab: 'source' })}>
          Source
        </button>
        {TRANSFORM_KINDS.map((kind) => (
          <button key={kind} type="button" onClick={() => transform(kind)}>
            {kind === 'recursion' ? 'Fold recursion' : kind[0]?.toUpperCase() + kind.slice(1)}
          </button>
        ))}
      </div>
      <EdgeList title="Callers" edges={edges.value.callers} />
      <EdgeList title="Callees" edges={edges.value.callees} />
      <FunctionFacts info={info} />
      <h3>Copy</h3>
      <div class="button-row">
        <button type="button" onClick={() => void copyText(store, 'the name', info.name)}>
          Name
        </button>
        {info.file !== '' && (
          <button type="button" onClick={() => void copyText(store, 'the place', `${info.file}:${info.line}`)}>
            file:line
          </button>
        )}
        <button type="button" onClick={() => void copyText(store, 'the stack', heaviestStack(store))}>
          Stack
        </button>
        <button type="button" onClick={() => void copyText(store, 'the summary', functionMarkdown(summary))}>
          Markdown
        </button>
        {info.file.startsWith('/') && (
          <a class="button" href={`vscode://file${encodeURI(info.file)}:${info.line}:${info.column}`}>
            Open in VS Code
          </a>
        )}
      </div>
    </aside>
  );
}

interface FigureProps {
  readonly title: string;
  readonly value: string;
  readonly unit?: string;
  readonly share?: string;
}

function Figure({ title, value, unit, share }: FigureProps): JSX.Element {
  return (
    <div>
      <dt>{title}</dt>
      <dd>
        <b>{value}</b> {unit} {share && <span class="share">{share}</span>}
      </dd>
    </div>
  );
}

function EdgeList({
  title,
  edges,
}: {
  readonly title: string;
  readonly edges: readonly CallEdge[];
}): JSX.Element | null {
  const { shown, select } = useStore();
  if (edges.length === 0) return null;
  return (
    <>
      <h3>{title}</h3>
      <ul class="edges">
        {edges.map((edge) => {
          const info = shown.profile.value?.functions[edge.function];
          return (
            info && (
              <li key={functionKey(info)}>
                <button type="button" title={placeText(info, true)} onClick={() => select(edge.function)}>
                  <span>{nameText(info)}</span>
                  <b>{shown.unit.value.format(edge.totalNs)}</b>
                </button>
              </li>
            )
          );
        })}
      </ul>
    </>
  );
}
