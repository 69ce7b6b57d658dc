// A nation with two nodes and a member, and a browser whose camera sees a film: what the stories at the door begin with.
import assert from 'node:assert/strict';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { browserTest, openBrowser, openPage } from './browser.mjs';
import { PHONE } from './pages.mjs';
import { startServer } from './server.mjs';
import { filmOfCodes } from './station.mjs';
import { besidesOffline, camera } from './steward.mjs';
import { becomeMember } from './story.mjs';

/** Opens it. `close` ends all of it; what was begun is ended too where the rest fails. */
export async function openDoorway() {
  const doorway = { close: () => close(doorway) };
  try {
    doorway.folder = await mkdtemp(join(tmpdir(), 'netid-station-'));
    doorway.film = join(doorway.folder, 'film.y4m');
    await filmOfCodes(['nothing yet'], doorway.film);
    doorway.server = await startServer({ wallet: true });
    for (const name of ['Lisbon', 'Austin']) await doorway.server.run('node', 'add', '--name', name, '--region', 'Somewhere');
    doorway.ada = await becomeMember(doorway.server);
    doorway.browser = await openBrowser({ args: camera(doorway.film) });
    return doorway;
  } catch (error) {
    await doorway.close();
    throw error;
  }
}

async function close({ browser, server, folder }) {
  await browser?.close();
  await server?.stop();
  if (folder) await rm(folder, { recursive: true, force: true });
}

/** A story on a phone of its own, at the end of which nothing was wrong in its browser. */
export const storyIn = (browserOf) => (name, tell, options) => browserTest(name, async () => {
  const session = await openPage(browserOf(), { ...PHONE, permissions: ['camera'], ...options });
  try {
    await tell(session.page, session);
    assert.deepEqual(besidesOffline(session.faults), []);
  } finally {
    await session.close();
  }
});
