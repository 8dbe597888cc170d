/** The flame graph over the table: what costs the most, at one glance. */

import { useSignal } from '@preact/signals';
import type { JSX } from 'preact';
import { useEffect } from 'preact/hooks';
import { BlockedBy } from '../components/blocked-by.tsx';
import { FlameTools, ProfileFlame } from '../components/profile-flame.tsx';
import { StatsTable } from '../components/stats-table.tsx';

export function OverviewView(): JSX.Element {
  const isDrawn = useSignal(false);
  // The graph is on the screen before the table's rows are computed.
  useEffect(() => {
    const timer = setTimeout(() => {
      isDrawn.value = true;
    });
    return () => clearTimeout(timer);
  }, []);
  return (
    <div class="overview">
      <FlameTools />
      <ProfileFlame />
      <BlockedBy />
      {isDrawn.value ? <StatsTable /> : <div class="grid" />}
    </div>
  );
}
