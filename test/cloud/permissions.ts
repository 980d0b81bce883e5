/**
 * The roles of the packaged template, both ways: whether a call is allowed, and which statements no call ever needed. For tests
 * only.
 */
import type { Permission } from '../aws-double/recording.ts';
import type { Stack, Statement } from '../stack/template.ts';

export type Permissions = {
  readonly authorize: (accessKeyId: string, permission: Permission) => boolean;
  /** What the services do themselves on a role's behalf, and the double does without a call. */
  readonly note: (roleLogicalId: string, permission: Permission) => boolean;
  /** `Role.Sid action`, in their order, of what was allowed and never needed. */
  readonly unused: () => string[];
  /** `Role action resource` of what was refused. */
  readonly refused: readonly string[];
};

/** Callers without a role are the test itself. */
export function openPermissions(stack: Stack, roleOf: ReadonlyMap<string, string>): Permissions {
  const used = new Set<string>();
  const refused: string[] = [];
  const note = (role: string, { action, resource }: Permission): boolean => {
    const statements = stack.roles[role]!.statements.filter((statement) => covers(statement, action, resource));
    for (const statement of statements) {
      for (const allowed of statement.actions) if (matches(allowed, action)) used.add(toName(role, statement, allowed));
    }
    if (statements.length === 0) refused.push(`${role} ${action} ${resource}`);
    return statements.length > 0;
  };
  return {
    note,
    refused,
    authorize: (accessKeyId, permission) => {
      const role = roleOf.get(accessKeyId);
      return role === undefined || note(role, permission);
    },
    unused: () =>
      Object.values(stack.roles)
        .flatMap(({ logicalId, statements }) =>
          statements.flatMap((statement) => statement.actions.map((action) => toName(logicalId, statement, action))),
        )
        .filter((name) => !used.has(name)),
  };
}

function covers({ effect, actions, resources }: Statement, action: string, resource: string): boolean {
  return (
    effect === 'Allow' &&
    actions.some((allowed) => matches(allowed, action)) &&
    resources.some((allowed) => matches(allowed, resource))
  );
}

function toName(role: string, { sid }: Statement, action: string): string {
  return `${role}.${sid} ${action}`;
}

/** IAM's `*` and `?`; actions in any case. */
function matches(pattern: string, text: string): boolean {
  const escaped = RegExp.escape(pattern).replaceAll('\\*', '.*').replaceAll('\\?', '.');
  return new RegExp(`^${escaped}$`, 'is').test(text);
}
