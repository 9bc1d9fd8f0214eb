import { useNavigate, useSearch } from '@tanstack/react-router';
import { useCallback } from 'react';
import type { DialogName, DialogPreset, DialogSearch } from './search';

const closed: DialogSearch = { dialog: undefined, on: undefined, from: undefined, release: undefined, id: undefined };

/** Opens and closes dialogs: `open('deploy', { environment: 'staging' })`. */
export function useDialog() {
  const navigate = useNavigate();
  const search = useSearch({ from: '/shell' });
  const go = useCallback(
    (to: DialogSearch) => void navigate({ to: '.', search: (before) => ({ ...before, ...closed, ...to }), resetScroll: false }),
    [navigate],
  );
  const open = useCallback(
    (dialog: DialogName, preset: DialogPreset = {}) => {
      go({ dialog, on: preset.environment, from: preset.source, release: preset.version, id: preset.id });
    },
    [go],
  );
  const close = useCallback(() => {
    go(closed);
  }, [go]);
  const preset: DialogPreset = { environment: search.on, source: search.from, version: search.release, id: search.id };
  return { name: search.dialog, preset, open, close };
}
