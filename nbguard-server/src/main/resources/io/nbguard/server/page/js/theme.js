// Sets the theme before anything is painted; not a module, so that it runs at once.
'use strict';
(() => {
  const root = document.documentElement;
  const iconFile = new URL('../icons.svg', document.currentScript.src).pathname;
  const media = window.matchMedia('(prefers-color-scheme: dark)');
  const words = { auto: 'as the system says', dark: 'dark', light: 'light' };
  const icons = { auto: 'auto', dark: 'moon', light: 'sun' };
  let theme = 'auto';
  try {
    theme = localStorage.getItem('nbguard-theme') ?? 'auto';
  } catch {
    // Storage may be forbidden; the system's theme is a good one.
  }

  function show() {
    if (theme === 'auto') delete root.dataset.theme;
    else root.dataset.theme = theme;
    const button = document.getElementById('theme');
    if (button) {
      button.setAttribute('aria-label', `Theme: ${words[theme]}. Change`);
      button.title = `Theme: ${words[theme]}`;
      const use = document.createElementNS('http://www.w3.org/2000/svg', 'use');
      use.setAttribute('href', `${iconFile}#${icons[theme]}`);
      const svg = document.createElementNS('http://www.w3.org/2000/svg', 'svg');
      svg.setAttribute('class', 'icon');
      svg.setAttribute('aria-hidden', 'true');
      svg.append(use);
      button.replaceChildren(svg);
    }
    // Canvases cannot follow a variable: they are drawn again.
    window.dispatchEvent(new Event('themechange'));
  }

  if (!(theme in words)) theme = 'auto';
  show();
  media.addEventListener('change', show);
  document.addEventListener('DOMContentLoaded', () => {
    show();
    document.getElementById('theme').addEventListener('click', () => {
      const order = media.matches ? ['auto', 'light', 'dark'] : ['auto', 'dark', 'light'];
      theme = order[(order.indexOf(theme) + 1) % order.length];
      try {
        localStorage.setItem('nbguard-theme', theme);
      } catch {
        // Kept until the page is closed.
      }
      show();
    });
  });
})();
