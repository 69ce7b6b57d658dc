// Days that pass: the server's clock, the browser's and this process's are moved together.
import { existsSync, readdirSync } from 'node:fs';

const DAY = 86_400_000;

/** The library that gives a process another time (Debian's package faketime); null where it is not installed. */
export const fakeTime = readdirSync('/usr/lib').map((folder) => `/usr/lib/${folder}/faketime/libfaketimeMT.so.1`).find((file) => existsSync(file)) ?? null;

const RealDate = Date;

/** A Date of a page or of this process that is so many milliseconds ahead. */
export function ahead(milliseconds) {
  const Real = globalThis.RealDate ?? Date;
  globalThis.RealDate = Real;
  globalThis.Date = class extends Real {
    constructor(...given) {
      if (given.length === 0) super(Real.now() + milliseconds);
      else super(...given);
    }

    static now() {
      return Real.now() + milliseconds;
    }
  };
}

/** So many days are over: the server starts anew in that time, and every page of these contexts that opens from here on is in it. */
export async function daysLater(days, server, ...contexts) {
  await server.halt();
  server.env = { ...server.env, LD_PRELOAD: fakeTime, FAKETIME: `+${days * 86_400}s`, FAKETIME_DONT_FAKE_MONOTONIC: '1' };
  ahead(days * DAY);
  for (const context of contexts) await context.addInitScript(ahead, days * DAY);
  await server.start();
}

/** This process is in its own time again. */
export function today() {
  globalThis.Date = RealDate;
}
