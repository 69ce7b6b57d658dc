using System.Text.Json.Nodes;
using NetworkIdentity.Standards.Encoding;

namespace NetworkIdentity.Standards.Dids.WebVh;

/// <summary>Who must approve of an entry, and how many of them [DID-WebVH §The witness Parameter].</summary>
/// <param name="Threshold">How many; 0 where there are no witnesses.</param>
/// <param name="Witnesses">Their keys as Multikeys, each of them once.</param>
public sealed record WitnessRule(int Threshold, IReadOnlyList<string> Witnesses)
{
    /// <summary>How many witnesses there may be.</summary>
    public const int MaxWitnesses = 64;

    /// <summary>No witnesses.</summary>
    public static WitnessRule None { get; } = new(0, []);

    /// <summary>Whether anyone must approve.</summary>
    public bool IsActive => Witnesses.Count > 0;

    /// <summary>Reads the parameter. What is malformed is never taken for "no witnesses".</summary>
    /// <remarks>
    /// Members that this version of the method doesn't have are refused, weights of older drafts among them: they would change what the threshold means. A witness
    /// that is named by its Multikey alone is read as its did:key, as one implementation writes it; the two are one witness.
    /// </remarks>
    /// <exception cref="Refusal">invalidParameters: a threshold below 1 or above the number of witnesses, no or too many witnesses, one twice, or one that is no Ed25519 did:key.</exception>
    public static WitnessRule Parse(JsonObject json)
    {
        if (json.Count == 0) return None;
        if (json.Any(member => member.Key is not ("threshold" or "witnesses"))) throw DidRefusal.InvalidParameters("witness has members besides threshold and witnesses");
        var threshold = json.OptionalInt64("threshold");
        var items = json.OptionalArray("witnesses");
        if (items is not { Count: > 0 and <= MaxWitnesses }) throw DidRefusal.InvalidParameters($"witnesses must be an array of 1 to {MaxWitnesses}");
        var keys = items.Select(Key).ToList();
        if (keys.Distinct(StringComparer.Ordinal).Count() != keys.Count) throw DidRefusal.InvalidParameters("a witness is listed twice");
        if (!(threshold >= 1 && threshold <= keys.Count)) throw DidRefusal.InvalidParameters("threshold must be from 1 to the number of witnesses");
        return new((int)threshold, keys);
    }

    /// <summary>The parameter as JSON.</summary>
    public JsonObject ToJson() => IsActive
        ? new() { ["threshold"] = Threshold, ["witnesses"] = new JsonArray([.. Witnesses.Select(key => new JsonObject { ["id"] = "did:key:" + key })]) }
        : [];

    private static string Key(JsonNode? item)
    {
        if (item is not JsonObject { Count: 1 } witness || witness.OptionalString("id") is not { } id) throw DidRefusal.InvalidParameters("a witness is an object with its id alone");
        var did = id.StartsWith('z') ? "did:key:" + id : id;
        try
        {
            if (DidKey.Parse(did).Crv != "Ed25519") throw DidRefusal.InvalidParameters("a witness is an Ed25519 key");
        }
        catch (Refusal refusal) when (refusal.Code != DidRefusal.InvalidParametersCode)
        {
            throw DidRefusal.InvalidParameters("a witness is not a did:key of Ed25519");
        }

        return did["did:key:".Length..];
    }
}
