// Tells the server this device's time zone, so that pages for people without a stored one show times in it.
const YEAR_SECONDS = 31_536_000;

export function startZone(): void {
  const zone = Intl.DateTimeFormat().resolvedOptions().timeZone;
  if (zone) document.cookie = `time_zone=${encodeURIComponent(zone)};path=/;max-age=${YEAR_SECONDS};samesite=lax`;
}
