import { useCallback } from 'react';
import type { Schedule } from '~/api/queries/schedules';
import { useText } from '~/text/text';

/** Says what a rule deploys: "the newest release", "1.2.0", "what runs in staging". */
export function useBrings(): (rule: Schedule) => string {
  const t = useText().schedules;
  return useCallback(
    ({ promote, from, release }: Schedule) => {
      if (promote === true) return from === undefined || from === '' ? t.ofStageBefore : t.of(from);
      return release === undefined || release === '' || release === 'latest' ? t.newest : release;
    },
    [t],
  );
}
