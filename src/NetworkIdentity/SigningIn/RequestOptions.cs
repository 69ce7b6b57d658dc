using System.Text.Json.Nodes;
using NetworkIdentity.Standards.Encoding;
using NetworkIdentity.Standards.OpenId;
using NetworkIdentity.Standards.OpenId4Vp;

namespace NetworkIdentity.SigningIn;

/// <summary>What a client asks for beyond scopes: kept with the sign-in, its code and its tokens, as the client wrote it.</summary>
/// <param name="Claims">The <c>claims</c> parameter; null where it sent none.</param>
/// <param name="Resource">Whom the access tokens are for [RFC8707 §2]; null where they are for userinfo.</param>
/// <param name="AuthorizationDetails">The <c>authorization_details</c> parameter [RFC9396 §2]; null where it sent none.</param>
public sealed record RequestOptions(string? Claims, string? Resource, string? AuthorizationDetails = null)
{
    // Before the next one, which is made with it.
    private static readonly ClaimsRequest NoClaims = new(new Dictionary<string, ClaimsRequest.Wish>(), new Dictionary<string, ClaimsRequest.Wish>());

    /// <summary>Nothing beyond scopes.</summary>
    public static RequestOptions None { get; } = new(null, null);

    /// <summary>The <c>claims</c> parameter, read.</summary>
    public ClaimsRequest ClaimsRequest { get; } = Claims is null ? NoClaims : ClaimsRequest.Parse(Claims);

    /// <summary>The <c>authorization_details</c> parameter, read; empty where there is none.</summary>
    public IReadOnlyList<PresentationDetails> Details { get; } = AuthorizationDetails is null ? [] : PresentationDetails.Parse(AuthorizationDetails);

    /// <summary>As it is stored; null for nothing.</summary>
    public string? Write() => this == None ? null : new JsonObject { ["claims"] = Claims, ["resource"] = Resource, ["authorization_details"] = AuthorizationDetails }.ToJsonString();

    /// <summary>As it was stored.</summary>
    public static RequestOptions Read(string? stored)
    {
        if (stored is null) return None;
        var json = StrictJson.ParseObject(System.Text.Encoding.UTF8.GetBytes(stored));
        return new((string?)json["claims"], (string?)json["resource"], (string?)json["authorization_details"]);
    }

    /// <inheritdoc/>
    public bool Equals(RequestOptions? other) => other is not null && other.Claims == Claims && other.Resource == Resource && other.AuthorizationDetails == AuthorizationDetails;

    /// <inheritdoc/>
    public override int GetHashCode() => HashCode.Combine(Claims, Resource, AuthorizationDetails);
}
