import { Button, type ButtonProps } from '@mantine/core';
import type { MouseEventHandler } from 'react';
import { useMay, type Permission } from '~/api/session';
import { useText } from '~/text/text';

interface Props extends ButtonProps {
  /** What stands beside it under the pointer. */
  'data-tip'?: string;
  'aria-label'?: string;
  needs: Permission;
  onClick?: MouseEventHandler<HTMLButtonElement>;
  type?: 'button' | 'submit';
  /** Why it cannot be done now, beside what I may do: the button is off and says so. */
  blocked?: string | undefined;
}

/** A button for which one needs a permission. Without it, it is off, can still be reached by keys, and says why. */
export function Allowed({ needs, blocked, onClick, type = 'button', ...rest }: Props) {
  const t = useText().parts.mayNot;
  const may = useMay(needs);
  const why = may ? blocked : t[needs];
  if (why === undefined) return <Button type={type} onClick={onClick} {...rest} />;
  return (
    <Button {...rest} type="button" data-disabled aria-disabled aria-description={why} data-tip={why} onClick={(event) => event.preventDefault()} />
  );
}
