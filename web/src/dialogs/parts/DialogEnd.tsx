import { Button, Group } from '@mantine/core';
import type { Permission } from '~/api/session';
import { Allowed } from '~/parts/Allowed';
import { CommandToCopy } from '~/parts/CommandToCopy';
import { ProblemNote } from '~/parts/ProblemNote';
import { useText } from '~/text/text';
import classes from './DialogEnd.module.css';

interface Props {
  /** What the button does, in its own word: Deploy, Roll back. */
  does: string;
  needs: Permission;
  onConfirm: () => void;
  onClose: () => void;
  pending: boolean;
  error: unknown;
  /** Why it cannot be done yet. */
  blocked?: string | undefined;
  /** Something is destroyed by it. */
  destroys?: boolean;
  /** The same on the command line. */
  command?: string | undefined;
}

/** How a dialog ends: the command, what went wrong, and the buttons. */
export function DialogEnd({ does, needs, onConfirm, onClose, pending, error, blocked, destroys = false, command }: Props) {
  const t = useText();
  return (
    <>
      {command !== undefined && (
        <div>
          <div className={classes.label}>{t.parts.sameByCommand}</div>
          <CommandToCopy command={command} />
        </div>
      )}
      <ProblemNote error={error} />
      <Group justify="flex-end" gap="sm" className={classes.buttons}>
        <Button variant="default" onClick={onClose}>
          {t.parts.cancel}
        </Button>
        <Allowed needs={needs} blocked={blocked} loading={pending} onClick={onConfirm} {...(destroys && { color: 'red' })}>
          {does}
        </Allowed>
      </Group>
    </>
  );
}
