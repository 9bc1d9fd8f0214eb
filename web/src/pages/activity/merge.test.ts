import { describe, expect, it } from 'vitest';
import type { HistoryEntry } from '~/api/queries/history';
import { merge } from './merge';

const entry = (seq: number, text = `${seq}`): HistoryEntry => ({ seq, at: '2026-11-22T10:00:00Z', kind: 'deployment', type: 'operation.finished', text });
const seqs = (entries: readonly HistoryEntry[]) => entries.map(({ seq }) => seq);

describe('what happened', () => {
  it('has everything once, and what is new as it is told now', () => {
    const { entries, hole } = merge([entry(5), entry(4, 'ended')], [entry(4, 'under way'), entry(3)], false);
    expect(seqs(entries)).toEqual([5, 4, 3]);
    expect(entries[1]?.text).toBe('ended');
    expect(hole).toBe(false);
  });

  it('notices where more came than was read', () => {
    expect(merge([entry(9), entry(8)], [entry(3)], false).hole).toBe(true);
    expect(merge([entry(9), entry(8)], [entry(3)], true).hole).toBe(false);
    expect(merge([entry(9), entry(3)], [entry(3)], false).hole).toBe(false);
  });

  it('is complete where one of both is not there yet', () => {
    expect(seqs(merge([], [entry(2), entry(1)], true).entries)).toEqual([2, 1]);
    expect(merge([entry(2)], [], false)).toEqual({ entries: [entry(2)], hole: false });
  });
});
