import { Button } from '@mantine/core';
import { Link } from '@tanstack/react-router';
import { useMemo } from 'react';
import { useDialog } from '~/dialogs/use-dialog';
import { Allowed } from '~/parts/Allowed';
import { Icon, type IconName } from '~/parts/icons';
import { addresses } from '~/shell/addresses';
import { useCommands, type Command } from '~/shell/commands';
import { useAnswers } from '~/shell/use-places';
import { useText } from '~/text/text';

/** What one comes to the overview to do; also in the palette. */
export function HeaderActions({ some }: { some: boolean }) {
  const t = useText().overview;
  const { open } = useDialog();
  const answers = useAnswers();
  useCommands(
    useMemo<Command[]>(
      () => [
        { id: 'create', label: t.create, group: 'actions', icon: 'plus', keys: 'c', run: () => open('create') },
        { id: 'deploy', label: t.deploy, group: 'actions', icon: 'deploy', keys: 'd', run: () => open('deploy') },
        { id: 'switch', label: t.currentBanner.switch, group: 'actions', icon: 'switch', run: () => open('switch') },
      ],
      [t, open],
    ),
  );
  const links: [string, string, IconName, boolean][] = [
    [addresses.environments, t.viewAll, 'environments', some],
    [addresses.map, t.map, 'map', some],
    [addresses.settings, t.settings, 'settings', true],
  ];
  return (
    <>
      {links
        .filter(([address, , , shown]) => shown && answers(address))
        .map(([address, word, icon]) => (
          <Button key={address} component={Link} to={address} variant="subtle" color="gray" leftSection={<Icon name={icon} />}>
            {word}
          </Button>
        ))}
      <Allowed needs="write" variant="default" leftSection={<Icon name="plus" />} onClick={() => open('create')}>
        {t.create}
      </Allowed>
      {some && (
        <Allowed needs="write" leftSection={<Icon name="deploy" />} onClick={() => open('deploy')}>
          {t.deploy}
        </Allowed>
      )}
    </>
  );
}
