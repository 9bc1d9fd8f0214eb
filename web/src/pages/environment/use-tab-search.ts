import { useNavigate, useSearch } from '@tanstack/react-router';
import { useCallback } from 'react';
import type { RawSearch } from '~/shell/search';

/**
 * What a tab keeps in the address, read by a function of its own (asText and the like of shell/search), and how to
 * change a part of it. Filters replace the address: the way back leads to the page before, not through every letter.
 */
export function useTabSearch<T extends object>(read: (search: RawSearch) => T): [T, (change: Partial<T>) => void] {
  const raw: RawSearch = useSearch({ strict: false });
  const navigate = useNavigate();
  const change = useCallback(
    (to: Partial<T>) => void navigate({ to: '.', search: (before) => ({ ...before, ...to }), replace: true, resetScroll: false }),
    [navigate],
  );
  return [read(raw), change];
}
