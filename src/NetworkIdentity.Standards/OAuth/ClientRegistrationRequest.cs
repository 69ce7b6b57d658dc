using System.Text.Json.Nodes;
using NetworkIdentity.Standards.Encoding;

namespace NetworkIdentity.Standards.OAuth;

/// <summary>What a client asks to be registered with, as it wrote it down: a request [RFC7591 §3.1] [OIDC-DCR §3.1], or a document at its own address [CIMD §4].</summary>
/// <remarks>Read for its form alone; <see cref="ClientMetadataRules"/> says what may stand in it. Members that are not known are ignored, and null is as if it were not there [RFC7592 §2.2].</remarks>
public sealed record ClientRegistrationRequest
{
    /// <summary>The longest request, in bytes.</summary>
    public const int MaxLength = 64 * 1024;

    /// <summary>What a server tells a client, and a client never tells a server [RFC7592 §2.2].</summary>
    private static readonly string[] Issued = ["registration_access_token", "registration_client_uri", "client_secret_expires_at", "client_id_issued_at"];

    /// <summary>What can't be left out in silence: who registers it relies on it.</summary>
    private static readonly string[] Unsupported =
        ["id_token_encrypted_response_alg", "userinfo_encrypted_response_alg", "authorization_encrypted_response_alg", "introspection_encrypted_response_alg"];

    /// <summary><c>client_id</c>; null in a first registration.</summary>
    public string? ClientId { get; init; }

    /// <summary><c>client_secret</c>; null where it is not repeated.</summary>
    public string? ClientSecret { get; init; }

    /// <summary><c>client_name</c>.</summary>
    public string? Name { get; init; }

    /// <summary><c>redirect_uris</c>.</summary>
    public IReadOnlyList<string> RedirectUris { get; init; } = [];

    /// <summary><c>token_endpoint_auth_method</c>; null where it is not said.</summary>
    public string? Authentication { get; init; }

    /// <summary><c>id_token_signed_response_alg</c>; null where it is not said.</summary>
    public string? IdTokenAlgorithm { get; init; }

    /// <summary><c>response_types</c>; null where it is not said.</summary>
    public IReadOnlyList<string>? ResponseTypes { get; init; }

    /// <summary>What else it says of itself.</summary>
    public ClientMetadata Metadata { get; init; } = new();

    /// <summary>Reads it.</summary>
    /// <param name="utf8">One JSON object.</param>
    /// <exception cref="Refusal"><c>invalid_client_metadata</c>, <c>unapproved_software_statement</c> [RFC7591 §3.2.2].</exception>
    public static ClientRegistrationRequest Parse(ReadOnlyMemory<byte> utf8) => Parse(utf8, out _);

    /// <summary>Reads what a registration is to be replaced with [RFC7592 §2.2].</summary>
    /// <param name="utf8">One JSON object.</param>
    /// <param name="clientId">The client that asks.</param>
    /// <exception cref="Refusal"><c>invalid_client_metadata</c>, <c>unapproved_software_statement</c>.</exception>
    public static ClientRegistrationRequest ParseReplacement(ReadOnlyMemory<byte> utf8, string clientId)
    {
        var request = Parse(utf8, out var json);
        if (request.ClientId != clientId) throw OAuthRefusal.InvalidClientMetadata("client_id must be there, and be the client's own");
        if (Issued.FirstOrDefault(json.ContainsKey) is { } name) throw OAuthRefusal.InvalidClientMetadata($"{name} is told to a client, and not by it");
        return request;
    }

    /// <summary>Reads what a client says of itself at its own address: anybody reads it, so it has no secret [CIMD §4.1].</summary>
    /// <param name="utf8">One JSON object.</param>
    /// <exception cref="Refusal"><c>invalid_client_metadata</c>, <c>unapproved_software_statement</c>.</exception>
    public static ClientRegistrationRequest ParseDocument(ReadOnlyMemory<byte> utf8)
    {
        var request = Parse(utf8, out var json);
        if (json.ContainsKey("client_secret") || json.ContainsKey("client_secret_expires_at")) throw OAuthRefusal.InvalidClientMetadata("a document must not speak of a client_secret");
        return request;
    }

    private static ClientRegistrationRequest Parse(ReadOnlyMemory<byte> utf8, out JsonObject json)
    {
        if (utf8.Length > MaxLength) throw OAuthRefusal.InvalidClientMetadata($"the request must not be longer than {MaxLength} bytes");
        var parsed = Refusal.Recode("invalid_client_metadata", () => StrictJson.ParseObject(utf8.Span));
        foreach (var name in parsed.Where(member => member.Value is null).Select(member => member.Key).ToList()) parsed.Remove(name);
        if (parsed.ContainsKey("software_statement")) throw OAuthRefusal.UnapprovedSoftwareStatement();
        if (Unsupported.FirstOrDefault(parsed.ContainsKey) is { } unsupported) throw OAuthRefusal.InvalidClientMetadata($"{unsupported}: nothing is encrypted to clients");
        json = parsed;
        return Refusal.Recode("invalid_client_metadata", () => new ClientRegistrationRequest
        {
            ClientId = parsed.OptionalString("client_id"),
            ClientSecret = parsed.OptionalString("client_secret"),
            Name = parsed.OptionalString("client_name"),
            RedirectUris = parsed.OptionalStrings("redirect_uris") ?? [],
            Authentication = parsed.OptionalString("token_endpoint_auth_method"),
            IdTokenAlgorithm = parsed.OptionalString("id_token_signed_response_alg"),
            ResponseTypes = parsed.OptionalStrings("response_types"),
            Metadata = ClientMetadata.Read(parsed),
        });
    }
}
