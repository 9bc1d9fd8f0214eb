import { ActionIcon, CopyButton, Tooltip } from '@mantine/core';
import { useText } from '~/text/text';
import classes from './CommandToCopy.module.css';
import { Icon } from './icons';

/** A command of the command line, to copy: `<CommandToCopy command="lockstep deploy staging 2.1.0" />`. */
export function CommandToCopy({ command }: { command: string }) {
  const t = useText().parts;
  return (
    <div className={classes.command}>
      <code className={classes.text}>{command}</code>
      <CopyButton value={command}>
        {({ copied, copy }) => (
          <Tooltip label={copied ? t.copied : t.copyCommand}>
            <ActionIcon variant="subtle" color="gray" onClick={copy} aria-label={copied ? t.copied : t.copyCommand}>
              <Icon name={copied ? 'check' : 'copy'} />
            </ActionIcon>
          </Tooltip>
        )}
      </CopyButton>
    </div>
  );
}
