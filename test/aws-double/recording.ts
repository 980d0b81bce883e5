/** What was called, by whom, and which permissions it took. */

export type Permission = {
  /** As IAM names it: `s3:GetObject`, `states:StartExecution`. */
  readonly action: string;
  /** ARN. */
  readonly resource: string;
};

export type RecordedCall = Permission & {
  readonly accessKeyId: string;
  /** As the credential scope names it: `s3`, `glue`, `states`. */
  readonly service: string;
  /** As the API names it; several operations can need one action. */
  readonly operation: string;
  /** Everything that the caller must be allowed to do, `action` on `resource` first. */
  readonly needs: readonly Permission[];
  /** HTTP status; 0 where the connection was dropped. */
  readonly status: number;
  readonly errorCode: string | undefined;
  readonly at: Date;
};
