import { Anchor, type AnchorProps } from '@mantine/core';
import { Link } from '@tanstack/react-router';
import type { ReactNode } from 'react';
import { useAnswers } from '~/shell/use-places';
import type { RawSearch } from '~/shell/search';

interface Props extends AnchorProps {
  /** Of shell/addresses.ts. */
  to: string;
  search?: RawSearch;
  /** Said on hover: what is cut off where there is no room. */
  title?: string;
  children: ReactNode;
}

/** A link to a page of ours. Where that page is not built it is plain text: no link leads nowhere. */
export function Go({ to, search, children, ...rest }: Props) {
  const answers = useAnswers();
  if (!answers(to)) return <span>{children}</span>;
  return (
    <Anchor component={Link} to={to} search={search as never} {...rest}>
      {children}
    </Anchor>
  );
}
