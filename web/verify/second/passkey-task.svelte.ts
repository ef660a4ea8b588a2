import { type PasskeyFailure, passkeyFailure } from '../../shared/webauthn/passkey';
import { Task } from '../task.svelte';

/** A task with a ceremony of the browser inside: what the browser refuses is told apart from what the server does. */
export class PasskeyTask extends Task {
  failure = $state<PasskeyFailure | null>(null);

  ceremony(work: () => Promise<void>): Promise<boolean> {
    this.failure = null;
    return this.run(async () => {
      try {
        await work();
      } catch (error) {
        this.failure = passkeyFailure(error);
        if (!this.failure) throw error;
      }
    });
  }
}
