import { useMemo, useState } from 'react';
import { conflictsOf, differing, nameOf, patchOf, rebased, same, withAt, type Conflict, type Json, type Path, type Sections } from './sections';

interface Draft {
  base: Sections;
  mine: Sections;
}

export interface Editing {
  /** What is shown: what I want, on top of what is there now. */
  sections: Sections;
  changed: readonly Path[];
  conflicts: readonly Conflict[];
  /** Somebody saved a version since I began. */
  moved: boolean;
  patch: Json;
  edit: (sections: Sections) => void;
  undo: () => void;
  /** Decides a conflict. */
  take: (conflict: Conflict, whose: 'mine' | 'theirs') => void;
}

/**
 * What is edited beside what is there. Where somebody saves meanwhile, both are merged by what each changed, and only
 * what both changed otherwise is asked for.
 */
export function useSections(now: Sections): Editing {
  const [draft, setDraft] = useState<Draft>();
  const [decided, setDecided] = useState<ReadonlySet<string>>(new Set());
  return useMemo(() => {
    const mark = ({ path, theirs }: Conflict) => `${nameOf(path)} ${JSON.stringify(theirs)}`;
    const sections = draft ? rebased(draft.base, now, draft.mine) : now;
    const edit = (mine: Sections) => {
      const base = draft?.base ?? now;
      // What others changed meanwhile is in what is shown; it is not mine.
      const onBase = draft ? rebased(now, base, mine) : mine;
      setDraft(same(base, onBase) ? undefined : { base, mine: onBase });
    };
    return {
      sections,
      changed: differing(now, sections),
      conflicts: draft ? conflictsOf(draft.base, now, draft.mine).filter((conflict) => !decided.has(mark(conflict))) : [],
      moved: draft !== undefined && !same(draft.base, now),
      patch: patchOf(now, sections),
      edit,
      undo: () => {
        setDraft(undefined);
        setDecided(new Set());
      },
      take: (conflict, whose) => {
        if (!draft) return;
        if (whose === 'mine') {
          setDecided(new Set([...decided, mark(conflict)]));
          return;
        }
        const mine = (withAt(draft.mine, conflict.path, conflict.was) ?? {}) as Sections;
        setDraft(same(draft.base, mine) ? undefined : { base: draft.base, mine });
      },
    };
  }, [draft, now, decided]);
}
