import type { Texts } from '../texts';
import { dialogs } from './dialogs';
import { overview } from './overview';
import { parts } from './parts';
import { shell } from './shell';
import { signIn } from './sign-in';

export const id: Texts = { shell, parts, signIn, overview, dialogs };
