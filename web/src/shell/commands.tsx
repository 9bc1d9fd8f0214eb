import { createContext, use, useEffect, useMemo, useSyncExternalStore, type ReactNode } from 'react';
import type { IconName } from '~/parts/icons';
import type { Texts } from '~/text/texts';

/** Something that can be found in the palette (Ctrl-K), and done by keys where it has some. */
export interface Command {
  id: string;
  label: string;
  group: keyof Texts['shell']['groups'];
  run: () => void;
  icon?: IconName;
  /** Other words to find it by. */
  also?: string;
  /** Keys pressed one after the other, "g o" or "d"; shown in the sheet behind "?". Not while somebody types. */
  keys?: string;
}

class Registry {
  private readonly sets = new Map<symbol, readonly Command[]>();
  private readonly listeners = new Set<() => void>();
  private all: readonly Command[] = [];

  readonly subscribe = (listener: () => void) => {
    this.listeners.add(listener);
    return () => this.listeners.delete(listener);
  };
  readonly read = () => this.all;

  put(owner: symbol, commands: readonly Command[]) {
    this.sets.set(owner, commands);
    this.changed();
  }
  remove(owner: symbol) {
    this.sets.delete(owner);
    this.changed();
  }
  private changed() {
    this.all = [...this.sets.values()].flat();
    for (const listener of this.listeners) listener();
  }
}

const Commanding = createContext(new Registry());

export function Commands({ children }: { children: ReactNode }) {
  return <Commanding value={useMemo(() => new Registry(), [])}>{children}</Commanding>;
}

/** Adds commands while the component is shown. Memoize the list: it is registered anew when it changes. */
export function useCommands(commands: readonly Command[]): void {
  const registry = use(Commanding);
  useEffect(() => {
    const owner = Symbol('commands');
    registry.put(owner, commands);
    return () => registry.remove(owner);
  }, [registry, commands]);
}

/** All commands that can be given now. */
export function useAllCommands(): readonly Command[] {
  const registry = use(Commanding);
  return useSyncExternalStore(registry.subscribe, registry.read);
}
