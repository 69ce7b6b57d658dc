// What docs/ tells its readers to write, so that tests can run it word by word.
import { readFile } from 'node:fs/promises';

/** The one block of a page of docs/ in this language, or that which holds `words`. */
export async function snippet(language, words = '', page = 'partners') {
  const blocks = [...(await readFile(new URL(`../../../docs/${page}.md`, import.meta.url), 'utf8')).matchAll(new RegExp(`^\`\`\`${language}\\n([\\s\\S]*?)^\`\`\`$`, 'gm'))].map(([, text]) => text).filter((text) => text.includes(words));
  if (blocks.length !== 1) throw new Error(`docs/${page}.md has ${blocks.length} blocks of ${language} with ${words}`);
  return blocks[0];
}
