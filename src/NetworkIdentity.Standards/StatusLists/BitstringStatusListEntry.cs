using System.Globalization;
using System.Text.Json;
using System.Text.Json.Nodes;
using NetworkIdentity.Standards.Encoding;

namespace NetworkIdentity.Standards.StatusLists;

/// <summary>Where a credential's status stands: an entry of its <c>credentialStatus</c> [BSL §2.1].</summary>
/// <param name="Purpose"><c>statusPurpose</c>: <see cref="StatusPurpose"/>, or another text.</param>
/// <param name="ListCredential"><c>statusListCredential</c>: the list's URL, compared as a string.</param>
/// <param name="Index"><c>statusListIndex</c>, which counts statuses and not bits.</param>
public sealed record BitstringStatusListEntry(string Purpose, string ListCredential, long Index)
{
    /// <summary>The entry's <c>type</c>.</summary>
    public const string Type = "BitstringStatusListEntry";

    private const int MaxSize = 8;

    /// <summary><c>id</c>: names this entry, means nothing; null where absent.</summary>
    public string? Id { get; init; }

    /// <summary><c>statusSize</c>: bits per status.</summary>
    public int Size { get; init; } = 1;

    /// <summary><c>statusMessage</c>: what each value says, in the order of the values; null where absent.</summary>
    public IReadOnlyList<string>? Messages { get; init; }

    /// <summary><c>statusReference</c>: where more is told; empty where absent.</summary>
    public IReadOnlyList<string> References { get; init; } = [];

    /// <summary>The entries of a credential; none where it has no <c>credentialStatus</c>.</summary>
    /// <remarks>A status of another type is refused: one that can't be checked must not look like none.</remarks>
    /// <exception cref="Refusal">MALFORMED_VALUE_ERROR: an entry that <see cref="Parse"/> refuses, or an array without entries.</exception>
    public static IReadOnlyList<BitstringStatusListEntry> Of(JsonObject credential) => credential.TryGetPropertyValue("credentialStatus", out var status)
        ? status switch
        {
            JsonObject one => [Parse(one)],
            JsonArray { Count: > 0 } many => [.. many.Select(one => Parse(one as JsonObject ?? throw Malformed("credentialStatus must hold objects")))],
            _ => throw Malformed("credentialStatus must be an object, or an array of some"),
        }
        : [];

    /// <summary>Reads an entry.</summary>
    /// <exception cref="Refusal">MALFORMED_VALUE_ERROR; RANGE_ERROR for an index that no list has.</exception>
    public static BitstringStatusListEntry Parse(JsonObject entry) => Refusal.Recode(BitstringRefusal.MalformedCode, () =>
    {
        if (entry.RequiredString("type") != Type) throw Refusal.Malformed($"type of the status must be {Type}");
        var list = entry.RequiredString("statusListCredential");
        if (!AbsoluteUrl.Is(list)) throw Refusal.Malformed("statusListCredential must be a URL");
        var id = entry.OptionalString("id");
        if (id is not null && (id == list || !AbsoluteUrl.Is(id))) throw Refusal.Malformed("id of the status must be a URL, and not the list's");
        var size = entry.OptionalInt64("statusSize") ?? 1;
        if (size is not (1 or 2 or 4 or MaxSize)) throw Refusal.Malformed("statusSize must be 1, 2, 4 or 8");
        return new BitstringStatusListEntry(entry.RequiredString("statusPurpose"), list, IndexOf(entry.RequiredString("statusListIndex")))
        {
            Id = id,
            Size = (int)size,
            Messages = MessagesOf(entry, (int)size),
            References = ReferencesOf(entry),
        };
    });

    /// <summary>The value of <c>credentialStatus</c>, or an item of it.</summary>
    public JsonObject ToJson()
    {
        var entry = new JsonObject();
        if (Id is not null) entry["id"] = Id;
        entry["type"] = Type;
        entry["statusPurpose"] = Purpose;
        entry["statusListIndex"] = Index.ToString(CultureInfo.InvariantCulture);
        entry["statusListCredential"] = ListCredential;
        if (Size > 1) entry["statusSize"] = Size;
        if (Messages is not null) entry["statusMessage"] = MessagesJson(Messages);
        if (References.Count > 0) entry["statusReference"] = new JsonArray([.. References.Select(uri => (JsonNode)uri)]);
        return entry;
    }

    /// <summary>The messages of each value, as both the entry and the list write them.</summary>
    internal static JsonArray MessagesJson(IReadOnlyList<string> messages) =>
        [.. messages.Select((message, value) => (JsonNode)new JsonObject { ["status"] = $"0x{value:x}", ["message"] = message })];

    private static long IndexOf(string text)
    {
        // One number has one spelling, so that no slot has two names. However long it is, it is an index; only no list reaches that far.
        if (text.Length == 0 || text.AsSpan().ContainsAnyExceptInRange('0', '9') || (text[0] == '0' && text.Length > 1))
            throw Refusal.Malformed("statusListIndex must be a decimal number as a string");
        return long.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var index) && index <= StatusListReference.MaxIndex
            ? index
            : throw BitstringRefusal.Range();
    }

    private static string[]? MessagesOf(JsonObject entry, int size)
    {
        if (entry.OptionalArray("statusMessage") is not { } array)
            return size == 1 ? null : throw Refusal.Malformed("statusMessage is missing, and statusSize is more than 1");
        var messages = new string?[1 << size];
        if (array.Count != messages.Length) throw Refusal.Malformed("statusMessage must have a message for each value");
        foreach (var item in array)
        {
            var message = item as JsonObject ?? throw Refusal.Malformed("statusMessage must hold objects");
            var status = message.RequiredString("status");
            if (!status.StartsWith("0x", StringComparison.Ordinal) || !int.TryParse(status.AsSpan(2), NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out var value)
                || value < 0 || value >= messages.Length || messages[value] is not null)
            {
                throw Refusal.Malformed("status of a statusMessage must be a value in hexadecimal with 0x, each once");
            }

            messages[value] = message.RequiredString("message");
        }

        return messages!;
    }

    private static IReadOnlyList<string> ReferencesOf(JsonObject entry)
    {
        var references = !entry.TryGetPropertyValue("statusReference", out var node) ? []
            : node?.GetValueKind() == JsonValueKind.String ? [node.GetValue<string>()]
            : entry.OptionalStrings("statusReference")!;
        return references.All(AbsoluteUrl.Is) ? references : throw Refusal.Malformed("statusReference must be URLs");
    }

    private static Refusal Malformed(string description) => new(BitstringRefusal.MalformedCode, description);
}
