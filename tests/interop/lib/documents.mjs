// What docs/ tells its readers to write, so that tests can run it word by word.
import { readFile } from 'node:fs/promises';

const partners = new URL('../../../docs/partners.md', import.meta.url);

/** The one block of docs/partners.md in this language, or that which holds `words`. */
export async function snippet(language, words = '') {
  const blocks = [...(await readFile(partners, 'utf8')).matchAll(new RegExp(`^\`\`\`${language}\\n([\\s\\S]*?)^\`\`\`$`, 'gm'))].map(([, text]) => text).filter((text) => text.includes(words));
  if (blocks.length !== 1) throw new Error(`docs/partners.md has ${blocks.length} blocks of ${language} with ${words}`);
  return blocks[0];
}
