using System.Security.Cryptography;
using System.Text.Json.Nodes;
using NetworkIdentity.Standards.Encoding;
using NetworkIdentity.Standards.Jose;
using NetworkIdentity.Standards.SdJwt;

namespace NetworkIdentity.Benchmarks.Compare;

/// <summary>A wallet that does what the server needs of it, and no more: it does not verify what it is sent.</summary>
internal sealed class Wallet(Traffic traffic, string issuer)
{
    private readonly SigningKey _key = SigningKey.FromEcdsa(ECDsa.Create(ECCurve.NamedCurves.nistP256));
    private string _credential = "";

    /// <summary>Takes an offer: the offer, the token, a nonce, the credential.</summary>
    public async Task TakeAsync(string offerId)
    {
        var offer = (JsonObject)JsonNode.Parse(await traffic.GetAsync($"{issuer}/offer/{offerId}"))!;
        var code = offer["grants"]!["urn:ietf:params:oauth:grant-type:pre-authorized_code"]!["pre-authorized_code"]!.GetValue<string>();
        var tokens = await traffic.PostAsync(
            $"{issuer}/token", null, ("grant_type", "urn:ietf:params:oauth:grant-type:pre-authorized_code"), ("pre-authorized_code", code));
        var nonce = await traffic.PostAsync($"{issuer}/nonce", null);
        var header = new JsonObject { ["alg"] = _key.Algorithm, ["typ"] = "openid4vci-proof+jwt", ["jwk"] = _key.PublicKey.Bare().ToJson() };
        var claims = new JsonObject
        {
            ["aud"] = issuer,
            ["iat"] = TimeProvider.System.GetUtcNow().ToUnixTimeSeconds(),
            ["nonce"] = nonce["c_nonce"]!.GetValue<string>(),
        };
        var issued = await traffic.PostAsync($"{issuer}/credential", $"Bearer {tokens["access_token"]!.GetValue<string>()}", new JsonObject
        {
            ["credential_configuration_id"] = "membership",
            ["proofs"] = new JsonObject { ["jwt"] = new JsonArray(await Jws.SignAsync(Jws.ToBeSigned(header, claims), _key)) },
        });
        _credential = issued["credentials"]![0]!["credential"]!.GetValue<string>();
    }

    /// <summary>Answers the request behind a link: tier and member_since, encrypted. Returns where it sends its holder's browser.</summary>
    public async Task<string> PresentAsync(string link)
    {
        var request = Jws.Parse(await traffic.GetAsync(Traffic.Parameter(link, "request_uri"))).Claims();
        var sdJwt = SdJwt.Parse(_credential);
        var shown = sdJwt.Disclosures.Where(disclosure => disclosure.Name is "tier" or "member_since");
        var presentation = await KeyBinding.CreateAsync(
            SdJwt.Compact(sdJwt.IssuerSigned.Compact, shown), _key, request.RequiredString("client_id"), request.RequiredString("nonce"), TimeProvider.System.GetUtcNow());
        var answer = new JsonObject { ["vp_token"] = new JsonObject { ["membership"] = new JsonArray(presentation) }, ["state"] = request.RequiredString("state") };
        var key = Jwk.Parse((JsonObject)request["client_metadata"]!["jwks"]!["keys"]![0]!);
        var reply = await traffic.PostAsync(
            request.RequiredString("response_uri"), null, ("response", Jwe.Encrypt(StrictJson.Write(answer), key, JweEncryption.A128Gcm)));
        return reply.RequiredString("redirect_uri");
    }
}
