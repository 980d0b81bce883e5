/** An SNS notification → a chat. Where the chat does not take it, the error has Lambda try again, and then keep the event. */
import { toChatNote, toWebhookBody, type WebhookKind } from '../core/webhook-message.ts';
import type { Webhook } from '../ports.ts';

/** What SNS calls a function with; it has one record. */
export type SnsEvent = {
  readonly Records: readonly { readonly Sns: { readonly Subject?: string | null; readonly Message: string } }[];
};

export async function postWebhook({ Records }: SnsEvent, kind: WebhookKind, webhook: Webhook): Promise<void> {
  for (const { Sns } of Records)
    await webhook.post(toWebhookBody(kind, toChatNote(Sns.Subject ?? undefined, Sns.Message)));
}
