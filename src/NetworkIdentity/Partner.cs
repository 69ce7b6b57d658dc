using System.Text.Json;
using System.Text.Json.Nodes;
using NetworkIdentity.Registry;
using NetworkIdentity.SigningIn;
using NetworkIdentity.Standards.Encoding;
using NetworkIdentity.Standards.OAuth;

namespace NetworkIdentity;

/// <summary>An OpenID client, and what the nation lets it ask for. What is asked is bound here, not in the client's request.</summary>
public sealed record Partner
{
    /// <summary>The client id.</summary>
    public required string ClientId { get; init; }

    /// <summary>The name a member sees.</summary>
    public required string Name { get; init; }

    /// <summary>Where answers may go, compared as strings.</summary>
    public required IReadOnlyList<string> RedirectUris { get; init; }

    /// <summary>The sector of its members' pairwise subjects.</summary>
    public required string Sector { get; init; }

    /// <summary>What a sign-in asks of a member.</summary>
    public required ProofPolicy Policy { get; init; }

    /// <summary>How it authenticates at the token endpoint.</summary>
    public required string Authentication { get; init; }

    /// <summary>The digest of its secret; null for a public client, and for one that has a key.</summary>
    public string? SecretDigest { get; init; }

    /// <summary>The algorithm of its ID tokens.</summary>
    public required string IdTokenAlgorithm { get; init; }

    /// <summary>Whether its requests must carry a PKCE challenge.</summary>
    public required bool RequiresPkce { get; init; }

    /// <summary>How wallets answer for it.</summary>
    public required string WalletResponseMode { get; init; }

    /// <summary>What else it registered.</summary>
    public required ClientMetadata Metadata { get; init; }

    /// <summary>Whether it has neither a secret nor a key.</summary>
    public bool IsPublic => Authentication == ClientCredentials.None;

    /// <summary>Whether it keeps to the FAPI 2.0 Security Profile.</summary>
    public bool IsFapi2 => Metadata.Profile == ClientMetadata.Fapi2;

    /// <summary>Whether it may renew its tokens.</summary>
    public bool MayRefresh => Metadata.GrantTypes.Contains(ClientMetadata.RefreshTokenGrant);

    /// <summary>Whether it is the nation's own page on which who is suspended, revoked or expired reads their case: a sign-in to it takes what has ended, and gives no token.</summary>
    public bool IsForCases => ClientId == MemberPages.CaseClientId;

    /// <summary>Whether it acts for itself alone: no member signs in to it [RFC6749 §4.4].</summary>
    public bool IsMachine => Metadata.IsMachine;

    /// <summary>Whether it was not registered: its client id is the address of what it says of itself [CIMD §3].</summary>
    public bool HasDocument { get; init; }

    /// <summary>Reads a client; null where the id is unknown, or the client was retired.</summary>
    public static async Task<Partner?> FindAsync(Database database, string clientId) =>
        await Partners.FindAsync(database, clientId) is { RetiredAt: null } row ? From(row) : null;

    /// <summary>The client of a row.</summary>
    public static Partner From(Partners.Row row) => new()
    {
        ClientId = row.ClientId,
        Name = row.Name,
        RedirectUris = JsonSerializer.Deserialize<string[]>(row.RedirectUris)!,
        Sector = row.Sector,
        Policy = ProofPolicy.Stored(row.Policy),
        Authentication = row.Authentication,
        SecretDigest = row.SecretDigest,
        IdTokenAlgorithm = row.IdTokenAlgorithm,
        RequiresPkce = row.RequiresPkce != 0,
        WalletResponseMode = row.WalletResponseMode,
        HasDocument = row.DocumentUntil is not null,
        Metadata = ClientMetadata.Read(StrictJson.ParseObject(System.Text.Encoding.UTF8.GetBytes(row.Metadata))),
    };

    /// <summary>What it is registered with, in the words in which a client registers itself [RFC7591 §2].</summary>
    public JsonObject ToMetadata()
    {
        var isCode = Metadata.GrantTypes.Contains(ClientMetadata.AuthorizationCodeGrant);
        var json = new JsonObject
        {
            ["client_name"] = Name,
            ["redirect_uris"] = new JsonArray([.. RedirectUris.Select(uri => (JsonNode)uri)]),
            ["response_types"] = isCode ? new JsonArray("code") : new JsonArray(),
            ["token_endpoint_auth_method"] = Authentication,
            ["id_token_signed_response_alg"] = IdTokenAlgorithm,
        };
        foreach (var (name, value) in Metadata.ToJson()) json[name] = value?.DeepClone();
        return json;
    }
}
