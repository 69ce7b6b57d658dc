using System.Text.Json.Nodes;
using NetworkIdentity.Keys;
using NetworkIdentity.Registry;
using NetworkIdentity.Standards.Encoding;
using NetworkIdentity.Standards.OpenId;
using NetworkIdentity.Standards.OpenId4Vp;
using NetworkIdentity.Standards.SdJwt;

namespace NetworkIdentity.SigningIn;

/// <summary>What a client is told of what was disclosed for it: what its policy requires, and what this request chose in it, whatever else the session has.</summary>
internal static class Told
{
    /// <summary>The claims for the ID token, by type, and <c>verified_claims</c>.</summary>
    public static Task<JsonObject> InIdTokenAsync(Database database, KeyRing keys, Partner partner, Sessions.Row session, string scope, RequestOptions options, DateTimeOffset now) =>
        InAsync(database, keys, partner, session, Choice.InIdToken(partner.Policy, scope, options), options.ClaimsRequest.VerifiedInIdToken, now);

    /// <summary>The same for userinfo.</summary>
    public static Task<JsonObject> InUserInfoAsync(Database database, KeyRing keys, Partner partner, Sessions.Row session, string scope, RequestOptions options, DateTimeOffset now) =>
        InAsync(database, keys, partner, session, Choice.InUserInfo(partner.Policy, scope, options), options.ClaimsRequest.VerifiedInUserInfo, now);

    /// <summary>The <c>authorization_details</c> as they were granted: each with the claims that were shown [RFC9396 §7]; null where none were asked for.</summary>
    public static JsonArray? Details(KeyRing keys, Sessions.Row session, RequestOptions options)
    {
        if (options.Details.Count == 0) return null;
        var disclosed = Session.DisclosedIn(keys, session);
        return new JsonArray(
        [
            .. options.Details.Select(asked => new PresentationDetails(
                asked.CredentialType,
                [.. (disclosed[asked.CredentialType] as JsonObject ?? []).Select(claim => claim.Key).Where(claim => asked.Claims?.Contains(claim) ?? true)]).ToJson()),
        ]);
    }

    private static async Task<JsonObject> InAsync(
        Database database, KeyRing keys, Partner partner, Sessions.Row session, Choice choice, IReadOnlyList<VerifiedClaimsRequest> verified, DateTimeOffset now)
    {
        var disclosed = Session.DisclosedIn(keys, session);
        var told = new JsonObject();
        foreach (var policy in partner.Policy.Credentials)
        {
            if (disclosed[policy.Type] is not JsonObject claims || !(choice.Has(policy.Type) || (policy.IsRequired && policy.Required.Count > 0))) continue;
            told[policy.Type] = new JsonObject(
                claims.Where(claim => policy.Required.Contains(claim.Key) || choice.Has(policy.Type, claim.Key)).Select(claim => KeyValuePair.Create(claim.Key, claim.Value?.DeepClone())));
        }

        if (!partner.Policy.TellsVerified(verified.Count > 0) || !Choice.Parse(session.ProvenScope).HasVerifiedClaims) return told;
        List<JsonObject> entries = [];
        foreach (var credential in await Credentials.OfSessionAsync(database, session.Id))
        {
            if (partner.Policy.Of(credential.Type) is null || disclosed[credential.Type] is not JsonObject claims) continue;
            var verification = VerificationOf(keys, credential, session);
            if (verified.Count == 0 && told.ContainsKey(credential.Type)) Add(verification, (JsonObject)told[credential.Type]!);
            foreach (var request in verified)
                if (request.Takes(credential.Type, claims) && request.Select(verification, now) is { } said) Add(said, claims);

            void Add(JsonObject said, JsonObject shown) => entries.Add(new() { ["verification"] = said, ["claims"] = new JsonObject { [credential.Type] = shown.DeepClone() } });
        }

        if (entries.Count > 0) told[VerifiedClaimsRequest.Name] = VerifiedClaims.Of(entries);
        return told;
    }

    /// <summary>By what the issuer signed. Of a W3C credential the record has no more than its digest; what it is of and who issued it is this nation's to know.</summary>
    private static JsonObject VerificationOf(KeyRing keys, Credentials.Row credential, Sessions.Row session)
    {
        var (issuedAt, provenAt) = (DateTimeOffset.FromUnixTimeSeconds(credential.IssuedAt), DateTimeOffset.FromUnixTimeSeconds(session.ProvenAt));
        if (credential.Format != SdJwtVc.Format) return VerifiedClaims.Verification(keys.Nation.Issuer, Vocabulary.IriOf(credential.Type), issuedAt, provenAt);
        var signed = StrictJson.ParseObject(Base64Url.Decode(System.Text.Encoding.ASCII.GetString(credential.ToBeSigned).Split('.')[1]));
        return VerifiedClaims.Verification((string)signed["iss"]!, (string)signed["vct"]!, issuedAt, provenAt);
    }
}
