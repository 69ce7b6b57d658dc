// The page at the nation's own host: its form is built here, since without a script it could do nothing.
import { build } from "./page.js";

const place = document.getElementById("checker");
place.replaceChildren(...build({ did: place.dataset.did ?? null, samples: [] }));
