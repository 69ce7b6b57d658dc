// A wallet that this project did not write: @openid4vc for the protocols, @sd-jwt for the credential, jose for the keys.
import { createHash, generateKeyPairSync, randomBytes, sign, X509Certificate } from 'node:crypto';
import { clientAuthenticationAnonymous, setGlobalConfig } from '@openid4vc/oauth2';
import { Openid4vciClient } from '@openid4vc/openid4vci';
import { Openid4vpClient } from '@openid4vc/openid4vp';
import { SDJwtVcInstance } from '@sd-jwt/sd-jwt-vc';
import { calculateJwkThumbprint, CompactEncrypt, compactVerify, exportJWK, importJWK, importX509, SignJWT } from 'jose';

setGlobalConfig({ allowInsecureUrls: true });

const ENCRYPTION = {
  authorization_signing_alg_values_supported: [],
  authorization_encryption_alg_values_supported: ['ECDH-ES'],
  authorization_encryption_enc_values_supported: ['A256GCM', 'A128GCM'],
};

export const hasher = (data, algorithm = 'sha-256') =>
  new Uint8Array(createHash(algorithm.replace('sha-', 'sha')).update(typeof data === 'string' ? data : Buffer.from(data)).digest());

/** A certificate of an `x5c` header (base64 of DER) as PEM text. */
export const pemOf = (x5c) => `-----BEGIN CERTIFICATE-----\n${x5c.match(/.{1,64}/g).join('\n')}\n-----END CERTIFICATE-----\n`;

export class Wallet {
  /** Bodies that the wallet posted and answers that it got, for the tests that look closer. */
  exchanges = [];

  static async create(server, { alg = 'ES256' } = {}) {
    const { privateKey, publicKey } = alg === 'ES256' ? generateKeyPairSync('ec', { namedCurve: 'P-256' }) : generateKeyPairSync('ed25519');
    const wallet = new Wallet();
    const jwk = publicKey.export({ format: 'jwk' });
    Object.assign(wallet, { alg, privateKey, jwk, thumbprint: await calculateJwkThumbprint(jwk), server });
    wallet.#connect();
    return wallet;
  }

  #connect() {
    const callbacks = {
      fetch: (url, init) => this.#fetch(String(url), init),
      hash: (data, algorithm) => hasher(data, algorithm),
      generateRandom: (length) => new Uint8Array(randomBytes(length)),
      clientAuthentication: clientAuthenticationAnonymous(),
      signJwt: async (signer, { header, payload }) => ({
        jwt: await new SignJWT(payload).setProtectedHeader({ ...header, alg: signer.alg }).sign(this.privateKey),
        signerJwk: this.jwk,
      }),
      verifyJwt: async (signer, { compact }) => {
        if (signer.method === 'did') {
          const jwk = keyOfDid(signer.didUrl);
          await compactVerify(compact, await importJWK(jwk, signer.alg));
          return { verified: true, signerJwk: jwk };
        }
        if (signer.method !== 'x5c') return { verified: false };
        const key = await importX509(pemOf(signer.x5c[0]), signer.alg, { extractable: true });
        await compactVerify(compact, key);
        return { verified: true, signerJwk: await exportJWK(key) };
      },
      encryptJwe: async ({ publicJwk, alg, enc, apu, apv }, data) => {
        const jwe = new CompactEncrypt(new TextEncoder().encode(data)).setProtectedHeader({ alg, enc, kid: publicJwk.kid, ...(apu ? { apu } : {}), ...(apv ? { apv } : {}) });
        if (apu || apv) jwe.setKeyManagementParameters({ ...(apu ? { apu: Buffer.from(apu, 'base64url') } : {}), ...(apv ? { apv: Buffer.from(apv, 'base64url') } : {}) });
        return { jwe: await jwe.encrypt(await importJWK(publicJwk, alg)), encryptionJwk: publicJwk };
      },
      decryptJwe: async () => ({ decrypted: false }),
      getX509CertificateMetadata: (certificate) => sansOf(certificate),
    };
    this.vci = new Openid4vciClient({ callbacks });
    this.vp = new Openid4vpClient({ callbacks });
    this.sdJwt = new SDJwtVcInstance({
      hasher,
      kbSignAlg: this.alg,
      kbSigner: (data) => this.signDetached(data),
    });
  }

  async #fetch(url, init = {}) {
    const body = this.postBody && url === this.postBody.url && String(init.method).toLowerCase() === 'post' ? this.postBody.body : init.body;
    const response = await this.server.fetch(url, { ...init, ...(body === undefined ? {} : { body }), headers: Object.fromEntries(new Headers(init.headers)) });
    this.exchanges.push({ url, method: init.method ?? 'GET', body, status: response.status, headers: response.headers });
    return response;
  }

  /** The base64url signature over `data` (a JWS signing input), as @sd-jwt wants it. */
  signDetached(data) {
    const [digest, key] = this.alg === 'ES256' ? ['sha256', { key: this.privateKey, dsaEncoding: 'ieee-p1363' }] : [null, this.privateKey];
    return sign(digest, Buffer.from(data), key).toString('base64url');
  }

  // ---- OpenID4VCI ----

  /** Takes what an offer link holds. Gives the credential, its notification id and all that was said on the way. */
  async receive(link, { txCode, notify = 'credential_accepted', proofNonce } = {}) {
    const { offer, issuerMetadata, accessToken, tokenResponse } = await this.authorize(link, { txCode });
    const [credentialConfigurationId] = offer.credential_configuration_ids;
    const { c_nonce: nonce } = await this.vci.requestNonce({ issuerMetadata });
    const { jwt } = await this.vci.createCredentialRequestJwtProof({
      issuerMetadata, credentialConfigurationId, nonce: proofNonce ?? nonce,
      signer: { method: 'jwk', alg: this.alg, publicJwk: this.jwk },
    });
    const { credentialResponse, response } = await this.vci.retrieveCredentials({
      issuerMetadata, credentialConfigurationId, accessToken, proofs: { jwt: [jwt] },
    });
    const { notification_id: notificationId } = credentialResponse;
    let notified;
    if (notify && notificationId) notified = (await this.vci.sendNotification({ issuerMetadata, accessToken, notification: { notificationId, event: notify } })).response;
    const credential = credentialResponse.credentials[0].credential;
    return { credential, credentialResponse, response, notified, offer, issuerMetadata, tokenResponse, accessToken, nonce, jwt };
  }

  /** The first half of `receive`: offer, metadata, pre-authorized code, access token. */
  async authorize(link, { txCode } = {}) {
    const offer = await this.vci.resolveCredentialOffer(link);
    const issuerMetadata = await this.vci.resolveIssuerMetadata(offer.credential_issuer);
    const { accessTokenResponse } = await this.vci.retrievePreAuthorizedCodeAccessTokenFromOffer({ credentialOffer: offer, issuerMetadata, txCode });
    return { offer, issuerMetadata, tokenResponse: accessTokenResponse, accessToken: accessTokenResponse.access_token };
  }

  // ---- OpenID4VP ----

  /**
   * Reads an openid4vp:// link: fetches the request object, verifies its signature and that client_id names the leaf or key that signed it.
   * With `method: 'post'` the wallet sends its metadata and a nonce and insists to find the nonce in the request.
   */
  async resolve(link, { method } = {}) {
    const { params } = this.vp.parseOpenid4vpAuthorizationRequest({ authorizationRequest: link });
    if (method) params.request_uri_method = method;
    const wallet = {};
    if (params.request_uri_method === 'post') {
      wallet.metadata = {
        vp_formats_supported: { 'dc+sd-jwt': { 'sd-jwt_alg_values': ['ES256'], 'kb-jwt_alg_values': [this.alg] } },
        client_id_prefixes_supported: ['x509_hash', 'x509_san_dns', 'decentralized_identifier'],
        authorization_encryption_alg_values_supported: ['ECDH-ES'],
        authorization_encryption_enc_values_supported: ['A128GCM', 'A256GCM'],
      };
      wallet.nonce = wallet.expectedNonce = randomBytes(16).toString('base64url');
      // 0.4.6 posts the members of the metadata instead of wallet_metadata, and no wallet_nonce: [OpenID4VP §5.10] says this.
      this.postBody = { url: params.request_uri, body: new URLSearchParams({ wallet_metadata: JSON.stringify(wallet.metadata), wallet_nonce: wallet.nonce }).toString() };
    }
    const request = await this.vp.resolveOpenId4vpAuthorizationRequest({ authorizationRequestPayload: params, wallet });
    this.postBody = undefined;
    return { ...request, params, walletNonce: wallet.nonce };
  }

  /** The presentation of a credential for a request: what its query asks (the first one) and no more, with a fresh KB-JWT. */
  async presentation(request, credential, { aud, nonce, iat, query = request.dcql.query.credentials[0] } = {}) {
    const payload = request.authorizationRequestPayload;
    const frame = await this.#frame(query, credential);
    return this.sdJwt.present(credential, frame, {
      kb: { payload: { iat: iat ?? Math.floor(Date.now() / 1000), aud: aud ?? payload.client_id, nonce: nonce ?? payload.nonce } },
    });
  }

  async #frame({ claims = [], claim_sets: sets }, credential) {
    const held = await this.sdJwt.getClaims(credential);
    const has = ({ path }) => path.reduce((value, step) => (value == null ? undefined : value[step]), held) !== undefined;
    const wanted = sets
      ? (sets.map((ids) => ids.map((id) => claims.find((claim) => claim.id === id))).find((set) => set.every(has)) ?? [])
      : claims;
    const missing = wanted.filter((claim) => !has(claim));
    if (missing.length > 0 || (sets && wanted.length === 0)) throw new Error(`the query asks what the credential does not hold: ${JSON.stringify(missing.map((claim) => claim.path))}`);
    const disclosable = await this.sdJwt.presentableKeys(credential);
    const frame = {};
    for (const { path } of wanted.filter((claim) => disclosable.includes(claim.path.join('.')))) {
      path.reduce((node, step, index) => (node[step] ??= index === path.length - 1 ? true : {}), frame);
    }
    return frame;
  }

  /**
   * Answers a request by its response mode, with presentations or an error (errors go unencrypted, as the text allows).
   * `plain` answers in the clear whatever the mode. Gives status, headers, body and redirect_uri.
   */
  async answer(request, answer, { plain = false } = {}) {
    const authorizationRequestPayload = request.authorizationRequestPayload;
    const authorizationResponsePayload = answer.error ? answer : { vp_token: answer };
    const encrypt = authorizationRequestPayload.response_mode === 'direct_post.jwt' && !plain && !answer.error;
    const created = plain || answer.error
      ? { authorizationResponsePayload: { ...authorizationResponsePayload, state: authorizationRequestPayload.state } }
      : await this.vp.createOpenid4vpAuthorizationResponse({
        authorizationRequestPayload,
        authorizationResponsePayload,
        ...(encrypt ? { jarm: { encryption: { nonce: randomBytes(16).toString('base64url') }, serverMetadata: ENCRYPTION } } : {}),
      });
    const { response } = await this.vp.submitOpenid4vpAuthorizationResponse({ authorizationRequestPayload, ...created });
    const text = await response.text();
    const body = response.headers.get('content-type')?.includes('json') ? JSON.parse(text) : undefined;
    return { status: response.status, headers: response.headers, text, body, redirectUri: body?.redirect_uri, created };
  }

  /**
   * What a wallet does behind the browser's Digital Credentials API [OpenID4VP App. A]: `data` is what a page handed over, `origin` what the browser says of that
   * page. Gives the `data` of the credential that the page gets.
   */
  async presentDigitally(data, origin, credential, changes = {}) {
    const request = await this.vp.resolveOpenId4vpAuthorizationRequest({ authorizationRequestPayload: data, origin });
    const presentation = await this.presentation(request, credential, { aud: `origin:${origin}`, ...changes });
    const { jarm } = await this.vp.createOpenid4vpAuthorizationResponse({
      authorizationRequestPayload: request.authorizationRequestPayload, origin,
      authorizationResponsePayload: { vp_token: { [request.dcql.query.credentials[0].id]: [presentation] } },
      jarm: { encryption: { nonce: randomBytes(16).toString('base64url') }, serverMetadata: ENCRYPTION },
    });
    return { request, data: { response: jarm.responseJwt } };
  }

  /** The whole of it: resolve, present, answer. */
  async present(link, credential, { method, ...changes } = {}) {
    const request = await this.resolve(link, { method });
    const presentation = await this.presentation(request, credential, changes);
    return { request, presentation, ...(await this.answer(request, { [request.dcql.query.credentials[0].id]: [presentation] })) };
  }

  /** The same with all that is asked: `credentials` by the ids of the queries. */
  async presentAll(link, credentials) {
    const request = await this.resolve(link);
    const answers = await Promise.all(request.dcql.query.credentials.map(async (query) => [query.id, [await this.presentation(request, credentials[query.id], { query })]]));
    return { request, ...(await this.answer(request, Object.fromEntries(answers))) };
  }

  /** Tells the verifier that the person said no. */
  async decline(link) {
    const request = await this.resolve(link);
    return this.answer(request, { error: 'access_denied', error_description: 'The person said no' });
  }
}

/** The key of a DID URL of the method `jwk`: `did:jwk:KEY#0`. */
export function keyOfDid(url) {
  const [, key] = url.match(/^did:jwk:([A-Za-z0-9_-]+)#0$/) ?? [];
  if (!key) throw new Error(`not the key of a did:jwk: ${url}`);
  return JSON.parse(Buffer.from(key, 'base64url').toString('utf8'));
}

/** The DNS names and URIs of a certificate's subjectAltName. */
export function sansOf(x5c) {
  const names = new X509Certificate(Buffer.from(x5c, 'base64')).subjectAltName?.split(', ') ?? [];
  const of = (kind) => names.filter((name) => name.startsWith(`${kind}:`)).map((name) => name.slice(kind.length + 1).replaceAll('"', ''));
  return { sanDnsNames: of('DNS'), sanUriNames: of('URI') };
}
