using System.Text.Json.Nodes;
using NetworkIdentity.Keys;
using NetworkIdentity.Registry;
using NetworkIdentity.Standards;
using NetworkIdentity.Standards.Encoding;
using NetworkIdentity.Standards.OAuth;

namespace NetworkIdentity.SigningIn;

/// <summary>Takes authorization requests in, in the three ways that they come: by parameters, signed by value [RFC9101], and pushed [RFC9126]. None is ever fetched.</summary>
public sealed class AuthorizationRequests(
    Database database, KeyRing keys, IReadOnlyDictionary<string, CredentialType> types, ClientKeys clientKeys, TimeProvider time)
{
    /// <summary>What a request_uri of ours begins with [RFC9126 §2.2].</summary>
    public const string UriPrefix = "urn:ietf:params:oauth:request_uri:";

    /// <summary>How long after it was pushed a browser may come with a request.</summary>
    public static readonly TimeSpan Lifetime = TimeSpan.FromSeconds(60);

    /// <summary>The client of a request at the authorization endpoint.</summary>
    /// <exception cref="Refusal">For a page: <c>invalid_request</c>, <c>invalid_client</c>, <c>unauthorized_client</c>.</exception>
    public async Task<Partner> ClientOfAsync(OAuthParameters sent)
    {
        var row = await Partners.FindAsync(database, sent.Required("client_id")) ?? throw OAuthRefusal.InvalidClient("the client_id is not registered");
        return row.RetiredAt is null ? Partner.From(row) : throw OAuthRefusal.UnauthorizedClient("the client was retired");
    }

    /// <summary>What a browser brought to the authorization endpoint.</summary>
    /// <exception cref="Refusal">
    /// <c>invalid_request_uri</c>, which is for a page; <c>request_uri_not_supported</c>, <c>request_not_supported</c>, <c>invalid_request_object</c>,
    /// <c>invalid_request</c>.
    /// </exception>
    public async Task<ReceivedRequest> ReceiveAsync(Partner partner, OAuthParameters sent)
    {
        if (sent.Optional("request_uri") is not { } uri) return await ReadAsync(partner, sent);
        if (sent.Optional("request") is not null) throw OAuthRefusal.InvalidRequest("request and request_uri don't go together");

        // Whatever else it is, it lies elsewhere [RFC9101 §10.4]: nobody is called.
        if (!uri.StartsWith(UriPrefix, StringComparison.Ordinal)) throw OAuthRefusal.RequestUriNotSupported();
        var digest = RandomId.Digest(uri);
        if (await PushedRequests.FindAsync(database, digest) is not { } row || row.ClientId != partner.ClientId || row.ExpiresAt <= Now()) throw OAuthRefusal.InvalidRequestUri();
        var stored = StrictJson.ParseObject(keys.Sealing.Open(row.Parameters, OwnerOf(digest)));
        var parameters = new OAuthParameters(stored.Where(member => member.Key != WasSigned).Select(member => KeyValuePair.Create(member.Key, member.Value!.GetValue<string>())));
        return new(partner, parameters, stored.ContainsKey(WasSigned), digest);
    }

    /// <summary>Takes a request that a client pushes, and checks all of it [RFC9126 §2.1].</summary>
    /// <param name="partner">The client, which has authenticated.</param>
    /// <param name="form">What it posted.</param>
    /// <param name="jkt">The thumbprint of the key that a DPoP proof came with: the code will be bound to it [RFC9449 §10.1]; null where none came.</param>
    /// <returns>The <c>request_uri</c>.</returns>
    /// <exception cref="Refusal"><c>invalid_request</c> and the others of the authorization endpoint [RFC9126 §2.3].</exception>
    public async Task<string> PushAsync(Partner partner, OAuthParameters form, string? jkt)
    {
        if (form.Optional("request_uri") is not null) throw OAuthRefusal.InvalidRequest("a request that is pushed holds no request_uri");
        var received = await ReadAsync(partner, form) with { IsBeingPushed = true };
        var redirectUri = received.Parameters.Required("redirect_uri");
        if (!AuthorizationRequest.IsRegistered(partner, redirectUri)) throw OAuthRefusal.InvalidRequest("the redirect_uri is not one that this client registered");
        var request = await AuthorizationRequest.ReadAsync(received, redirectUri, keys, database, types);
        if (jkt is not null && request.DpopJkt is { } asked && asked != jkt) throw OAuthRefusal.InvalidRequest("dpop_jkt is not the thumbprint of the proof's key");

        var uri = UriPrefix + RandomId.Secret();
        var digest = RandomId.Digest(uri);
        var stored = new JsonObject();
        foreach (var (name, value) in received.Parameters.Of(AuthorizationRequest.Known)) stored[name] = value;
        if (jkt is not null) stored["dpop_jkt"] = jkt;
        if (received.IsSigned) stored[WasSigned] = "true";
        await database.CommitAsync(PushedRequests.Insert(new PushedRequests.Row
        {
            UriDigest = digest,
            ClientId = partner.ClientId,
            Parameters = keys.Sealing.Seal(StrictJson.Write(stored), OwnerOf(digest)),
            ExpiresAt = Now() + (long)Lifetime.TotalSeconds,
        }));
        return uri;
    }

    /// <summary>Says of a stored request that its client signed it; no parameter has this name.</summary>
    private const string WasSigned = " signed";

    /// <summary>A request by parameters, or by a request object among them, beside which nothing else counts.</summary>
    private async Task<ReceivedRequest> ReadAsync(Partner partner, OAuthParameters sent)
    {
        if (sent.Optional("request") is not { } request)
        {
            sent.RefuseRepeated();
            return new(partner, sent, IsSigned: false, PushedDigest: null);
        }

        // Of a client without keys no signature can be verified, and what is not signed is not taken [RFC9101 §10.5].
        if (!ClientKeys.Has(partner)) throw OAuthRefusal.RequestNotSupported();
        var signed = SignedRequest.Parse(request);
        var algorithms = ClientAuthentication.AlgorithmsOf(partner, SignedRequest.Algorithms, partner.Metadata.RequestObjectAlgorithm);
        var mustEnd = partner.IsFapi2 || partner.Metadata.RequiresSignedRequests;
        var parameters = signed.Check(partner.ClientId, algorithms, keys.Nation.Issuer, mustEnd, time.GetUtcNow());
        if (!await clientKeys.SignedAsync(partner, signed.Jws)) throw OAuthRefusal.InvalidRequestObject("the request object: the signature is of no key of this client");
        parameters.RefuseRepeated();
        return new(partner, parameters, IsSigned: true, PushedDigest: null);
    }

    private static string OwnerOf(string digest) => $"pushed_request/{digest}";

    private long Now() => time.GetUtcNow().ToUnixTimeSeconds();
}
