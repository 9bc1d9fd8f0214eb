import type { ComboboxParsedItem, OptionsFilter } from '@mantine/core';
import { useCallback } from 'react';
import { useFormat, useText } from '~/text/text';

const most = 50;

/**
 * The `filter` of a searchable Select whose options may be thousands: the first that fit, and how many more there are.
 * All of them would take longer to draw than anybody waits.
 */
export function useFew(): OptionsFilter {
  const t = useText().parts;
  const f = useFormat();
  return useCallback(
    ({ options, search }) => {
      const sought = search.trim().toLowerCase();
      const found = options.filter((option) => labelOf(option).toLowerCase().includes(sought));
      if (found.length <= most) return found;
      return [...found.slice(0, most), { value: '', label: t.moreOptions(f.number(found.length - most)), disabled: true }];
    },
    [t, f],
  );
}

function labelOf(option: ComboboxParsedItem): string {
  return 'label' in option ? option.label : '';
}
