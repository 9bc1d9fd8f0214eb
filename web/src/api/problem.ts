import type { components } from './schema';

type Details = components['schemas']['ProblemDetails'];

/** Every code that the server answers with; and "offline" where nobody answered. */
export type ProblemCode = Details['code'] | 'offline';

/** One mistake in what was sent. */
export type Mistake = components['schemas']['Problem'];

/** What went wrong with a request: the server's problem (RFC 9457), or that it was not reached. */
export class Problem extends Error {
  override readonly name = 'Problem';
  readonly code: ProblemCode;
  readonly status: number;
  /** The input that is wrong, as the API names it. */
  readonly field: string | undefined;
  /** What to write instead, where the server knows. */
  readonly hint: string | undefined;
  readonly mistakes: readonly Mistake[];
  /** Of an internal error: how to find it in the server's log. */
  readonly reference: string | undefined;

  constructor(details: Omit<Partial<Details>, 'code'> & { code: ProblemCode; detail: string }) {
    super(details.detail);
    this.code = details.code;
    this.status = details.status ?? 0;
    this.mistakes = details.problems ?? [];
    this.field = details.field ?? this.mistakes[0]?.field;
    this.hint = this.mistakes.find((m) => m.suggestion)?.suggestion;
    this.reference = details.reference;
  }
}

/** The problem that a refused answer carries, whoever wrote it. */
export async function problemOf(response: Response): Promise<Problem> {
  const body: unknown = await response.json().catch(() => undefined);
  if (isDetails(body)) return new Problem(body);
  // Not ours: a proxy between us and the server.
  return new Problem({ code: response.status >= 500 ? 'unavailable' : 'failed', status: response.status, detail: `HTTP ${response.status} ${response.statusText}`.trim() });
}

/** Nobody answered: the server is away, or we are offline. */
export function unreachable(): Problem {
  return new Problem({ code: 'offline', detail: 'The server does not answer.' });
}

function isDetails(body: unknown): body is Details {
  return typeof body === 'object' && body !== null && 'code' in body && 'detail' in body;
}
