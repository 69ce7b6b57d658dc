using System.Security.Cryptography.X509Certificates;
using System.Text.Json.Nodes;

namespace NetworkIdentity.Arriving;

/// <summary>Whose credentials a station takes, by a trust bundle: the triple of issuer, roots and types.</summary>
/// <param name="Issuer">The issuer's URL, as credentials have it.</param>
/// <param name="Did">Its DID; null where it has none.</param>
/// <param name="Roots">Its root certificates; none where it is another nation whose certificates are not known: stations ask then.</param>
/// <param name="Types">The types that it is taken at its word for, as <c>vct</c>.</param>
/// <param name="Name">What people call it.</param>
/// <param name="Recognition">By which recognition, and until when; null of the nation itself.</param>
public sealed record BundledIssuer(
    string Issuer, string? Did, IReadOnlyList<X509Certificate2> Roots, IReadOnlyList<string> Types, string Name, (string Id, DateTimeOffset Until)? Recognition)
{
    /// <summary>Of another nation, the certificates that its DID has beside its roots, in DER: it is taken at its word by no others. Null of the nation itself.</summary>
    public IReadOnlyList<byte[]>? Leaves { get; init; }

    /// <summary>Of another nation, its status lists: their URIs and compact tokens.</summary>
    public IReadOnlyList<(string Uri, string Token)> Lists { get; init; } = [];

    /// <summary>As it stands in the bundle.</summary>
    public JsonObject ToJson()
    {
        var json = new JsonObject
        {
            ["issuer"] = Issuer,
            ["did"] = Did,
            ["roots"] = RootsOf(Roots),
            ["types"] = new JsonArray([.. Types.Select(type => (JsonNode)type)]),
            ["name"] = Name,
            ["recognition"] = Recognition is var (id, until) ? new JsonObject { ["id"] = id, ["until"] = until.ToUnixTimeSeconds() } : null,
        };
        if (Leaves is not null) json["leaves"] = new JsonArray([.. Leaves.Select(leaf => (JsonNode)Convert.ToBase64String(leaf))]);
        return json;
    }

    /// <summary>Certificates as base64 of their DER.</summary>
    internal static JsonArray RootsOf(IReadOnlyList<X509Certificate2> roots) => new([.. roots.Select(root => (JsonNode)Convert.ToBase64String(root.RawData))]);
}
