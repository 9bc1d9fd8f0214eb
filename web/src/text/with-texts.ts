import { preferred } from './preferred';
import { always, learn, type Room } from './rooms';

/**
 * Loads a part of the dashboard together with the rooms of the catalogue that it reads, so that neither waits for the
 * other: `lazyRouteComponent(withTexts(['releases'], () => import('./ReleasesPage')), 'ReleasesPage')`.
 */
export function withTexts<Module>(rooms: readonly Exclude<Room, (typeof always)[number]>[], load: () => Promise<Module>): () => Promise<Module> {
  return async () => {
    const [module] = await Promise.all([load(), learn(preferred(), [...always, ...rooms])]);
    return module;
  };
}
