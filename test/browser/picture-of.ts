import type { Page } from 'playwright-core';

/** What the first flame graph looks like, once it is drawn. */
export async function pictureOf(page: Page): Promise<string> {
  return page
    .locator('canvas')
    .first()
    .evaluate(async (canvas: HTMLCanvasElement) => {
      await new Promise((drawn) => requestAnimationFrame(() => requestAnimationFrame(drawn)));
      return canvas.toDataURL();
    });
}
