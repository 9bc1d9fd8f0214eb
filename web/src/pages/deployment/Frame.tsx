import type { ReactNode } from 'react';
import classes from './Frame.module.css';

/** The page of an operation: what happens on the left, what it is about on the right. On paper one below the other. */
export function Frame({ main, aside }: { main: ReactNode; aside: ReactNode }) {
  return (
    <div className={classes.frame}>
      <div className={classes.column}>{main}</div>
      <div className={classes.column}>{aside}</div>
    </div>
  );
}
