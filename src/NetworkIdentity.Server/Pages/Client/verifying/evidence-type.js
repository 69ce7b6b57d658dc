// Whether the credential in evidence is what its type says: a type that is known here is judged by what is known of it alone. Of another the evidence's own word counts for an SD-JWT VC; it is a stranger's, so
// not all that it asks is done (decision 0054).
import { checkDigests } from "../shared/digests.js";
import { compileSchema, isSurelyQuick } from "./schema.js";
import { member } from "./strict-json.js";
import TYPES from "./types.js";

/**
 * What is wrong with the type of a credential, or with what the evidence says of it.
 * @param {{ issuer: string, type?: { metadata?: object, schema?: object } }} bundle the file
 * @param {{ vc: { type: string, claims: object } } | { w3c: { document: object } }} read the credential
 * @returns {Promise<{ outcome: 'refused' | 'undetermined', reason: string, words: string } | null>} null where nothing is
 */
export async function typeFault(bundle, { vc, w3c }) {
  const { issuer } = bundle;
  const type = member(bundle, "type", "object") ?? {};
  const [metadata, schema] = [member(type, "metadata", "object"), member(type, "schema", "object")];
  if (!schema || (vc && !metadata)) return undetermined("schema_unknown", "the type of the credential, or its schema, is not there");
  try {
    return vc ? ofSdJwtVc(vc, metadata, schema) : await ofDocument(w3c.document, schema, issuer);
  } catch (error) {
    return refused("type_invalid", `what is said of the type is not the credential's: ${error.message}`);
  }
}

function ofSdJwtVc({ type, claims }, metadata, schema) {
  if (metadata.vct !== type) throw new SyntaxError("the type is another than the credential's");
  if (Object.hasOwn(TYPES, type)) return violated(TYPES[type].schema, claims);
  return isSurelyQuick(schema) ? violated(schema, claims) : undetermined("schema_unknown", "the type is not known here, and a pattern of its schema could take too long");
}

/** By the schema of each type that it is of, and by each that it names: one that is not known here could say anything. */
async function ofDocument(document, schema, issuer) {
  const all = [document.credentialSchema ?? []].flat();
  for (const named of all) await checkDigests(named, JSON.stringify(schema));
  const [types, w3c] = [[document.type].flat(), Object.entries(TYPES).filter(([, known]) => known.w3c)];
  const known = w3c.filter(([, one]) => types.includes(one.w3c.type));
  if (known.length === 0) return undetermined("schema_unknown", "the type of the credential is not known here");
  for (const [, one] of known) {
    const fault = violated(one.w3c.schema, document);
    if (fault) return fault;
  }
  for (const named of all) {
    const [, one] = w3c.find(([vct]) => named.type === "JsonSchema" && named.id === `${issuer}/schemas/${vct.split(":")[2]}.w3c.schema.json`) ?? [];
    if (!one) return undetermined("schema_unknown", "the credential names a schema that is not known here");
    await checkDigests(named, JSON.stringify(one.w3c.schema));
    const fault = violated(one.w3c.schema, document);
    if (fault) return fault;
  }
  return null;
}

function violated(schema, value) {
  const [violation] = compileSchema(schema)(value);
  return violation ? refused("schema_violated", `${violation.path} ${violation.words}`) : null;
}

const refused = (reason, words) => ({ outcome: "refused", reason, words });
const undetermined = (reason, words) => ({ outcome: "undetermined", reason, words });
