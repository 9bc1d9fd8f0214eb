import { Select } from '@mantine/core';
import { useNavigate } from '@tanstack/react-router';
import { useText } from '~/text/text';
import { addresses } from './addresses';

/** The choice among several projects. */
export function ProjectSelect({ names, chosen }: { names: readonly string[]; chosen: string | undefined }) {
  const t = useText().shell;
  const navigate = useNavigate();
  return (
    <Select
      aria-label={t.project}
      placeholder={t.project}
      data={names}
      value={chosen ?? null}
      onChange={(project) => void navigate({ to: addresses.overview, search: { project: project ?? undefined } })}
      allowDeselect={false}
      searchable={names.length > 10}
      size="xs"
      w={150}
    />
  );
}
