using System.Text.Json;
using System.Text.Json.Nodes;
using NetworkIdentity.Standards.Credentials;
using NetworkIdentity.Standards.Encoding;

namespace NetworkIdentity.Standards.StatusLists;

/// <summary>A credential that holds a Bitstring Status List [BSL §2.2], without its proof.</summary>
/// <param name="Id"><c>id</c>; null where absent.</param>
/// <param name="Issuer"><c>issuer</c>, or its <c>id</c>.</param>
/// <param name="Purposes">What the list is about.</param>
/// <param name="List">The statuses, taken as of one bit: an entry says how many they have.</param>
/// <param name="ValidFrom"><c>validFrom</c>; null where absent.</param>
/// <param name="ValidUntil"><c>validUntil</c>: not to be relied on after it; null where absent.</param>
/// <param name="Ttl"><c>ttl</c>: how long a copy may be kept before a fresh one is fetched; null where absent.</param>
public sealed record BitstringStatusListCredential(
    string? Id, string Issuer, IReadOnlyList<string> Purposes, StatusList List, DateTimeOffset? ValidFrom, DateTimeOffset? ValidUntil, TimeSpan? Ttl)
{
    /// <summary>The credential's <c>type</c> beside VerifiableCredential.</summary>
    public const string Type = "BitstringStatusListCredential";

    /// <summary>The <c>type</c> of its subject.</summary>
    public const string SubjectType = "BitstringStatusList";

    /// <summary><c>statusSize</c> of the list, which says it where statuses have more than a bit; null where absent.</summary>
    public int? Size { get; init; }

    /// <summary>The credential to sign [BSL §3.1].</summary>
    /// <param name="id">Where it is served: <c>statusListCredential</c> of the entries that refer to it.</param>
    /// <param name="issuer">Its issuer.</param>
    /// <param name="purposes">What the list is about.</param>
    /// <param name="list">The statuses, in the bitstring's format.</param>
    /// <param name="validFrom">From when it may be relied on.</param>
    /// <param name="validUntil">Until when.</param>
    /// <param name="ttl">How long a copy may be kept; null where nothing is said.</param>
    /// <param name="messages">What each value says; needed where the list is of messages.</param>
    /// <exception cref="ArgumentException">A list of the other format, no purpose, or no message for each value where messages are needed.</exception>
    public static JsonObject Content(
        string id, string issuer, IReadOnlyList<string> purposes, StatusList list, DateTimeOffset validFrom, DateTimeOffset validUntil,
        TimeSpan? ttl = null, IReadOnlyList<string>? messages = null)
    {
        if (list.Format != StatusListFormat.Bitstring) throw new ArgumentException("not a bitstring", nameof(list));
        if (purposes.Count == 0) throw new ArgumentException("no purpose", nameof(purposes));
        if (messages is null ? purposes.Contains(StatusPurpose.Message) : messages.Count != 1 << list.Bits)
            throw new ArgumentException("there must be a message for each value", nameof(messages));

        var subject = new JsonObject
        {
            ["id"] = $"{id}#list",
            ["type"] = SubjectType,
            ["statusPurpose"] = purposes is [var one] ? one : new JsonArray([.. purposes.Select(purpose => (JsonNode)purpose)]),
            ["encodedList"] = list.Encode(),
        };
        if (ttl is { } kept) subject["ttl"] = (long)kept.TotalMilliseconds;
        if (list.Bits > 1 || messages is not null) subject["statusSize"] = list.Bits;
        if (messages is not null) subject["statusMessages"] = BitstringStatusListEntry.MessagesJson(messages);
        return new()
        {
            ["@context"] = new JsonArray(VerifiableCredential.BaseContext),
            ["id"] = id,
            ["type"] = new JsonArray(VerifiableCredential.Type, Type),
            ["issuer"] = issuer,
            ["validFrom"] = DateTimeStamp.Write(validFrom),
            ["validUntil"] = DateTimeStamp.Write(validUntil),
            ["credentialSubject"] = subject,
        };
    }

    /// <summary>Reads a credential whose proof, and whose signer's right to say so, were verified [BSL §3.2 steps 5 to 8].</summary>
    /// <param name="verified">The credential.</param>
    /// <param name="expectedUrl">The <c>statusListCredential</c> it was asked at. A list that names itself otherwise is another list.</param>
    /// <param name="now">The time.</param>
    /// <param name="skew">How far the issuer's clock may run ahead.</param>
    /// <param name="maxBytes">The most bytes the list may inflate to.</param>
    /// <exception cref="Refusal">MALFORMED_VALUE_ERROR, or STATUS_VERIFICATION_ERROR. Nothing is known of any status then.</exception>
    public static BitstringStatusListCredential Read(
        JsonObject verified, string expectedUrl, DateTimeOffset now, TimeSpan skew = default, int maxBytes = StatusList.MaxBytes)
    {
        var read = Refusal.Recode(BitstringRefusal.MalformedCode, () => Read(verified, maxBytes));
        if (read.Id is not null && read.Id != expectedUrl) throw BitstringRefusal.Verification("id of the status list is not the URL it was asked at");
        if (read.ValidFrom > now + skew) throw BitstringRefusal.Verification("validFrom of the status list is in the future");
        if (read.ValidUntil < now) throw BitstringRefusal.Verification("the status list has expired");
        return read;
    }

    /// <summary>What the list says of an entry [BSL §3.2 steps 5 and 9 to 15].</summary>
    /// <exception cref="Refusal">STATUS_VERIFICATION_ERROR: the list is about something else, or of another size. STATUS_LIST_LENGTH_ERROR. RANGE_ERROR.</exception>
    public BitstringStatus StatusOf(BitstringStatusListEntry entry)
    {
        if (!Purposes.Contains(entry.Purpose)) throw BitstringRefusal.Verification("the status list is not of the purpose of the status");
        if (Size is { } size && size != entry.Size) throw BitstringRefusal.Verification("statusSize of the status list is not the status's");
        var list = List.WithBits(entry.Size);
        if (list.Size < StatusList.MinBitstringSize) throw BitstringRefusal.ListLength();
        var value = (int)list.Get(entry.Index);
        return new(entry.Purpose, value, entry.Messages?[value]);
    }

    private static BitstringStatusListCredential Read(JsonObject credential, int maxBytes)
    {
        var read = VerifiableCredential.Read(credential);
        if (read.Version != DataModelVersion.V20 || !read.Types.Contains(Type)) throw Refusal.Malformed($"type must include {Type}, in version 2.0 of the data model");
        var subject = read.Subjects is [var one] ? one : throw Refusal.Malformed("the status list has several subjects");
        if (subject.RequiredString("type") != SubjectType) throw Refusal.Malformed($"type of the subject must be {SubjectType}");
        var ttl = subject.OptionalInt64("ttl");
        if (ttl <= 0 || ttl > (long)TokenStatusList.MaxTtl.TotalMilliseconds) throw Refusal.Malformed("ttl of the status list must be from a millisecond to a year");
        var size = subject.OptionalInt64("statusSize");
        if (size is not (null or 1 or 2 or 4 or 8)) throw Refusal.Malformed("statusSize must be 1, 2, 4 or 8");
        return new(
            read.Id,
            read.Issuer,
            PurposesOf(subject),
            StatusList.Decode(subject.RequiredString("encodedList"), 1, maxBytes, StatusListFormat.Bitstring),
            read.ValidFrom,
            read.ValidUntil,
            ttl is { } milliseconds ? TimeSpan.FromMilliseconds(milliseconds) : null)
        { Size = (int?)size };
    }

    private static IReadOnlyList<string> PurposesOf(JsonObject subject)
    {
        if (subject["statusPurpose"] is JsonValue value && value.GetValueKind() == JsonValueKind.String) return [value.GetValue<string>()];
        return subject.OptionalStrings("statusPurpose") is { Count: > 0 } purposes ? purposes : throw Refusal.Malformed("statusPurpose is missing");
    }
}
