import type { CSSProperties, ReactNode } from 'react';

interface Props {
  /** What is in it. */
  label: string;
  className?: string | undefined;
  style?: CSSProperties;
  children: ReactNode;
}

/** What may need more room than there is. It is scrolled by keys too, so it takes the focus. */
export function Scroll({ label, className, style, children }: Props) {
  return (
    // eslint-disable-next-line jsx-a11y/no-noninteractive-tabindex -- see above
    <div className={className} style={{ overflow: 'auto', ...style }} tabIndex={0} role="group" aria-label={label}>
      {children}
    </div>
  );
}
