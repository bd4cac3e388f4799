// Light and dark. The server draws the theme of the cookie, so that nothing flashes.
import { onAct } from './acts.ts';

const YEAR_SECONDS = 31_536_000;

function isDark(): boolean {
  const chosen = document.documentElement.dataset.theme;
  return chosen ? chosen === 'dark' : matchMedia('(prefers-color-scheme: dark)').matches;
}

export function startTheme(): void {
  onAct('theme', () => {
    const theme = isDark() ? 'light' : 'dark';
    document.documentElement.dataset.theme = theme;
    document.cookie = `theme=${theme};path=/;max-age=${YEAR_SECONDS};samesite=lax`;
  });
}
