import type { Texts } from '../texts';
import { environment } from './environment';
import { overview } from './overview';
import { parts } from './parts';
import { shell } from './shell';
import { signIn } from './sign-in';
import { variables } from './variables';

export const id: Texts = { shell, parts, signIn, overview, environment, variables };
