using System.Text.Json.Nodes;
using NetworkIdentity.Standards.DataIntegrity;
using NetworkIdentity.Standards.Dids;
using NetworkIdentity.Standards.Jose;

namespace NetworkIdentity.Tests.Specimens;

/// <summary>Who holds W3C credentials, by a DID that is its key: what is not given is done rightly.</summary>
internal sealed class W3cHolder(SigningKey key, bool isJwk = false)
{
    /// <summary>One with a P-256 key as did:key.</summary>
    public W3cHolder()
        : this(TestWallet.NewKey())
    {
    }

    public SigningKey Key { get; } = key;

    public string Did { get; } = isJwk ? DidJwk.Of(key.PublicKey) : DidKey.Of(key.PublicKey);

    public string KeyUrl => isJwk ? DidJwk.KeyUrl(Did) : DidKey.KeyUrl(Did);

    private string Cryptosuite => Key.Algorithm == JoseAlgorithm.ES256 ? "ecdsa-jcs-2019" : "eddsa-jcs-2022";

    /// <summary>A key proof that names the key by its DID; header and claims can be changed before it is signed.</summary>
    public async Task<string> ProofAsync(string issuer, string nonce, DateTimeOffset now, Action<JsonObject, JsonObject>? change = null)
    {
        var header = new JsonObject { ["alg"] = Key.Algorithm, ["typ"] = "openid4vci-proof+jwt", ["kid"] = KeyUrl };
        var claims = new JsonObject { ["aud"] = issuer, ["iat"] = now.ToUnixTimeSeconds(), ["nonce"] = nonce };
        change?.Invoke(header, claims);
        return await Jws.SignAsync(Jws.ToBeSigned(header, claims), Key);
    }

    /// <summary>Membership as this holder's, by a wallet's token: of the same offer as what the wallet took.</summary>
    public async Task<JsonObject> TakeAsync(TestServer server, TestWallet wallet, string? token = null)
    {
        var proof = await ProofAsync(server.Issuer, await wallet.NonceAsync(), server.Time.GetUtcNow());
        var request = new JsonObject { ["credential_configuration_id"] = "membership_ldp_vc", ["proofs"] = new JsonObject { ["jwt"] = new JsonArray(proof) } };
        using var response = await wallet.RequestCredentialBodyAsync(token ?? wallet.AccessToken, request.ToJsonString());
        var answer = await response.JsonAsync();
        Assert.True(response.IsSuccessStatusCode, answer.ToJsonString());
        return (JsonObject)answer["credentials"]![0]!["credential"]!;
    }

    /// <summary>A presentation of credentials; it can be changed before it is signed, and so can what its proof says.</summary>
    public async Task<JsonObject> PresentAsync(
        IEnumerable<JsonNode> credentials, string domain, string challenge, Action<JsonObject>? change = null, Func<ProofOptions, ProofOptions>? options = null, SigningKey? signer = null)
    {
        var presentation = new JsonObject
        {
            ["@context"] = new JsonArray("https://www.w3.org/ns/credentials/v2"),
            ["type"] = new JsonArray("VerifiablePresentation"),
            ["holder"] = Did,
            ["verifiableCredential"] = new JsonArray([.. credentials.Select(credential => credential.DeepClone())]),
        };
        change?.Invoke(presentation);
        var proof = new ProofOptions(Cryptosuite, KeyUrl, ControlledIdentifierDocument.Authentication) { Challenge = challenge, Domain = [domain] };
        return await SecuredDocument.AddProofAsync(presentation, options?.Invoke(proof) ?? proof, signer ?? Key);
    }
}
