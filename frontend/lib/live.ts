// Words for people who listen to the page.

/** Says `text` once. Assertive only for what must interrupt. */
export function announce(text: string, urgency: 'polite' | 'assertive' = 'polite'): void {
  const region = document.getElementById(`live-${urgency}`);
  if (!region) return;
  // The same words twice would not be a change, so they would not be read.
  region.textContent = region.textContent === text ? `${text}\u00a0` : text;
}
