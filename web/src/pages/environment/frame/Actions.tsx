import { useQuery } from '@tanstack/react-query';
import { useMemo } from 'react';
import type { Schema } from '~/api/client';
import type { Environment } from '~/api/queries/environments';
import { liveQuery } from '~/api/queries/live';
import type { DialogName, DialogPreset } from '~/dialogs/search';
import { useDialog } from '~/dialogs/use-dialog';
import { Allowed } from '~/parts/Allowed';
import { Icon, type IconName } from '~/parts/icons';
import { More } from '~/parts/More';
import { useCommands, type Command } from '~/shell/commands';
import { useProject } from '~/shell/use-project';
import { useMay } from '~/api/session';
import { useText } from '~/text/text';
import { whyNotSwitch } from './why-not-switch';

interface Action {
  dialog: DialogName;
  label: string;
  icon: IconName;
  preset: DialogPreset;
  blocked?: string | undefined;
  keys?: string;
  primary?: boolean;
}

/** What can be done to an environment: the four that one comes for, the rest behind "more", all in the palette. */
export function Actions({ environment, status }: { environment: Environment; status: Schema<'StatusReport'> | undefined }) {
  const { environment: t, parts } = useText();
  const { open } = useDialog();
  const may = useMay('write');
  const live = useQuery(liveQuery(useProject())).data;
  const { name, behind } = environment;
  const archived = environment.status === 'archived' ? t.actions.archived : undefined;
  const empty = (status ? status.revision === undefined : environment.activeRevisionId === undefined) ? t.actions.nothingDeployed : undefined;

  const main: Action[] = [
    { dialog: 'deploy', label: t.actions.deploy, icon: 'deploy', preset: { environment: name }, blocked: archived, keys: 'd', primary: true },
    { dialog: 'promote', label: t.actions.promote, icon: 'up', preset: { environment: name, source: behind?.environment }, blocked: archived, keys: 'p' },
    { dialog: 'rollback', label: t.actions.rollback, icon: 'back', preset: { environment: name }, blocked: archived ?? empty, keys: 'b' },
    { dialog: 'switch', label: t.actions.switch, icon: 'switch', preset: { environment: name }, blocked: archived ?? whyNotSwitch(live, environment, t.actions), keys: 'w' },
  ];
  const more: Action[] = [
    { dialog: 'schedule', label: t.actions.schedule, icon: 'schedules', preset: { environment: name }, blocked: archived },
    { dialog: 'promote', label: t.actions.promoteFrom, icon: 'right', preset: { source: name }, blocked: empty },
    { dialog: 'sync', label: t.actions.sync, icon: 'compare', preset: { environment: name }, blocked: archived },
    { dialog: 'clone', label: t.actions.clone, icon: 'copy', preset: { environment: name } },
    { dialog: 'export', label: t.actions.export, icon: 'download', preset: { environment: name } },
    { dialog: 'destroy', label: t.actions.destroy, icon: 'trash', preset: { environment: name } },
  ];
  const commands: Command[] = [...main, ...more]
    .filter(({ blocked }) => may && blocked === undefined)
    .map((action) => ({
      id: `environment.${action.dialog}.${action.label}`,
      label: t.actions.of(action.label, name),
      group: 'actions',
      icon: action.icon,
      run: () => open(action.dialog, action.preset),
      ...(action.keys && { keys: action.keys }),
    }));
  useSameCommands(commands);

  return (
    <>
      {main.map(({ dialog, label, icon, preset, blocked, primary }) => (
        <Allowed
          key={dialog}
          needs="write"
          blocked={blocked}
          variant={primary ? 'filled' : 'default'}
          leftSection={<Icon name={icon} />}
          onClick={() => open(dialog, preset)}
        >
          {label}
        </Allowed>
      ))}
      <More
        label={t.actions.more}
        variant="default"
        size={36}
        items={() =>
          more.map(({ dialog, label, icon, preset, blocked }) => ({
            label,
            icon,
            off: may || dialog === 'export' ? blocked : parts.mayNot.write,
            danger: dialog === 'destroy',
            run: () => open(dialog, preset),
          }))
        }
      />
    </>
  );
}

/** Registers commands anew only where what one sees of them differs: a status comes often, and changes little. */
function useSameCommands(commands: Command[]) {
  const seen = JSON.stringify(commands);
  // eslint-disable-next-line react-hooks/exhaustive-deps -- `seen` is all that differs between two lists
  useCommands(useMemo(() => commands, [seen]));
}
