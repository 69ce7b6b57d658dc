using System.Text.Json.Nodes;
using NetworkIdentity.Standards.Encoding;
using NetworkIdentity.Standards.SdJwt;
using NetworkIdentity.Verifying;

namespace NetworkIdentity.SigningIn;

/// <summary>What a policy says of one credential type.</summary>
/// <param name="Type">The type's name.</param>
/// <param name="IsRequired">Whether every sign-in proves it; else those whose request asks for something of it.</param>
public sealed record CredentialPolicy(string Type, bool IsRequired = true)
{
    /// <summary>Claims that are shown wherever the type is proven, whatever the request says.</summary>
    public IReadOnlyList<string> Required { get; init; } = [];

    /// <summary>Claims that are shown where the request asks for them; null for those that the type's file names, where the policy says nothing of claims.</summary>
    public IReadOnlyList<string>? OnRequest { get; init; }

    /// <summary>Claims that are asked for where the request does, and that the member may leave out.</summary>
    public IReadOnlyList<string> Optional { get; init; } = [];

    /// <summary>The formats that are taken, any of them.</summary>
    public IReadOnlyList<string> Formats { get; init; } = [SdJwtVc.Format];

    /// <summary>What must hold of the credential itself.</summary>
    public CredentialTerms Terms { get; init; } = CredentialTerms.None;

    /// <summary>Whether it may be asked for a claim; null where its type's file says.</summary>
    public bool? Lets(string claim) => Required.Contains(claim) || Optional.Contains(claim) ? true : OnRequest?.Contains(claim);

    /// <summary>The policy, of JSON that is as the schema says.</summary>
    internal static CredentialPolicy Read(JsonObject json)
    {
        var claims = json.OptionalObject("claims");
        return new(json.RequiredString("type"), json.OptionalBoolean("required") ?? true)
        {
            Required = claims?.OptionalStrings("required") ?? [],
            OnRequest = claims is null ? null : claims.OptionalStrings("on_request") ?? [],
            Optional = claims?.OptionalStrings("optional") ?? [],
            Formats = json.OptionalStrings("formats") ?? [SdJwtVc.Format],
            Terms = new(json.OptionalStrings("issuers"), (int?)json.OptionalInt64("max_age_days"), (int?)json.OptionalInt64("min_days_left")),
        };
    }

    /// <summary>The policy as JSON, without what holds anyway.</summary>
    internal JsonObject ToJson()
    {
        var json = new JsonObject { ["type"] = Type };
        if (!IsRequired) json["required"] = false;
        if (OnRequest is not null)
        {
            var claims = new JsonObject();
            foreach (var (name, list) in new[] { ("required", Required), ("on_request", OnRequest), ("optional", Optional) })
                if (list.Count > 0) claims[name] = Array(list);
            json["claims"] = claims;
        }

        if (Formats is not [SdJwtVc.Format]) json["formats"] = Array(Formats);
        if (Terms.Issuers is not null) json["issuers"] = Array(Terms.Issuers);
        if (Terms.MaxAgeDays is { } age) json["max_age_days"] = age;
        if (Terms.MinDaysLeft is { } left) json["min_days_left"] = left;
        return json;
    }

    private static JsonArray Array(IEnumerable<string> values) => new([.. values.Select(value => (JsonNode)value)]);
}
