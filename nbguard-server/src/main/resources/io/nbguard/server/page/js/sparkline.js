// A curve without axes, for what the numbers beside it say in full.

const LEAST = 30;
const MOST = 120;
const colours = new Map();
window.addEventListener('themechange', () => colours.clear());

/** Returns what a colour variable stands for in the theme of now; a canvas does not resolve them itself. */
export function colour(name) {
  if (!colours.has(name)) {
    const probe = document.createElement('span');
    probe.style.color = `var(${name})`;
    document.body.append(probe);
    colours.set(name, getComputedStyle(probe).color);
    probe.remove();
  }
  return colours.get(name);
}

/** Returns a colour with less weight. */
export function faint(name, part) {
  return colour(name).replace(/^rgb\((.*)\)$/, (_, numbers) => `rgba(${numbers}, ${part})`);
}

/** Draws `values` from the right edge; the highest reaches the top. A short curve takes a part of the width, a long one all. */
export function drawSparkline(canvas, values) {
  const width = canvas.clientWidth;
  const height = canvas.clientHeight;
  if (!width || !height) return;
  const ratio = window.devicePixelRatio || 1;
  if (canvas.width !== Math.round(width * ratio)) canvas.width = Math.round(width * ratio);
  if (canvas.height !== Math.round(height * ratio)) canvas.height = Math.round(height * ratio);
  const pen = canvas.getContext('2d');
  pen.setTransform(ratio, 0, 0, ratio, 0, 0);
  pen.clearRect(0, 0, width, height);
  const shown = values.slice(-MOST);
  const slots = Math.max(LEAST, shown.length);
  if (shown.length < 2) return;
  const most = Math.max(...shown) * 1.08 || 1;
  const step = width / (slots - 1);
  const x = (index) => width - (shown.length - 1 - index) * step;
  const y = (value) => height - 1.5 - (value / most) * (height - 3);
  pen.beginPath();
  shown.forEach((value, index) => pen.lineTo(x(index), y(value)));
  pen.strokeStyle = colour('--accent');
  pen.lineWidth = 1.6;
  pen.lineJoin = 'round';
  pen.stroke();
  pen.lineTo(width, height);
  pen.lineTo(x(0), height);
  pen.closePath();
  pen.fillStyle = faint('--accent', 0.14);
  pen.fill();
}
