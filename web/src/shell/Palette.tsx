import { Kbd } from '@mantine/core';
import { Spotlight, type SpotlightActionGroupData } from '@mantine/spotlight';
import { useQuery } from '@tanstack/react-query';
import { useNavigate } from '@tanstack/react-router';
import { useMemo } from 'react';
import { list } from '~/api/client';
import { environmentsQuery } from '~/api/queries/environments';
import { Icon } from '~/parts/icons';
import { useText } from '~/text/text';
import { addresses } from './addresses';
import { useAllCommands, useCommands, type Command } from './commands';
import { usePlaces, useAnswers } from './use-places';
import { useKeys } from './use-keys';
import { useProject } from './use-project';

const groups = ['actions', 'environments', 'pages', 'settings'] as const;

/** The command palette (Ctrl-K): every page, every environment, and what the page adds. Also listens to the keys of all. */
export function Palette() {
  const t = useText().shell;
  useGoing();
  const commands = useAllCommands();
  useKeys(commands);
  const actions = useMemo<SpotlightActionGroupData[]>(
    () =>
      groups.map((group) => ({
        group: t.groups[group],
        actions: commands
          .filter((command) => command.group === group)
          .map(({ id, label, also, icon, keys, run }) => ({
            id,
            label,
            onClick: run,
            ...(also !== undefined && { keywords: also }),
            leftSection: <Icon name={icon ?? 'right'} />,
            ...(keys !== undefined && { rightSection: <Kbd size="xs">{keys}</Kbd> }),
          })),
      })),
    [commands, t],
  );
  return (
    <Spotlight
      actions={actions}
      shortcut="mod + K"
      nothingFound={t.nothingFound}
      highlightQuery
      limit={12}
      scrollable
      maxHeight="60vh"
      searchProps={{ leftSection: <Icon name="search" />, placeholder: t.searchHint, 'aria-label': t.search }}
    />
  );
}

/** The commands that lead to pages and environments. */
function useGoing() {
  const t = useText().shell;
  const navigate = useNavigate();
  const answers = useAnswers();
  const places = usePlaces();
  const environments = useQuery(environmentsQuery(useProject())).data;
  const commands = useMemo<Command[]>(
    () => [
      ...places.map(
        ({ address, name, icon, keys }): Command => ({
          id: `page ${name}`,
          label: t.pages[name],
          group: 'pages',
          icon,
          keys,
          run: () => void navigate({ to: address }),
        }),
      ),
      ...list(environments)
        .map(({ name, type }) => ({ name, type, address: addresses.environment(name) }))
        .filter(({ address }) => answers(address))
        .map(
          ({ name, type, address }): Command => ({
            id: `environment ${name}`,
            label: name,
            also: type,
            group: 'environments',
            icon: 'environments',
            run: () => void navigate({ to: address }),
          }),
        ),
    ],
    [t, navigate, answers, places, environments],
  );
  useCommands(commands);
}
