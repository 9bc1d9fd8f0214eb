import { ActionIcon, CopyButton } from '@mantine/core';
import { useText } from '~/text/text';
import classes from './CommandToCopy.module.css';
import { Icon } from './icons';

/** A command of the command line, to copy: `<CommandToCopy command="lockstep deploy staging 2.1.0" />`. */
export function CommandToCopy({ command, label }: { command: string; label?: string | undefined }) {
  const t = useText().parts;
  const does = label ?? t.copyCommand;
  return (
    <div className={classes.command}>
      <code className={classes.text}>{command}</code>
      <CopyButton value={command}>
        {({ copied, copy }) => (
          <ActionIcon variant="subtle" color="gray" onClick={copy} aria-label={copied ? t.copied : does} data-tip={does}>
            <Icon name={copied ? 'check' : 'copy'} />
          </ActionIcon>
        )}
      </CopyButton>
    </div>
  );
}
