using System.Text.Json.Nodes;
using NetworkIdentity.Standards.Encoding;
using NetworkIdentity.Standards.Jose;

namespace NetworkIdentity.Standards.StatusLists;

/// <summary>A Status List Token in JWT form [TSL §5.1].</summary>
/// <param name="List">The statuses.</param>
/// <param name="IssuedAt"><c>iat</c>.</param>
/// <param name="ExpiresAt"><c>exp</c>: not to be relied on from then; null where absent.</param>
/// <param name="Ttl"><c>ttl</c>: how long a copy may be kept before a fresh one is fetched; null where absent.</param>
/// <param name="AggregationUri"><c>aggregation_uri</c>; null where absent.</param>
public sealed record TokenStatusList(StatusList List, DateTimeOffset IssuedAt, DateTimeOffset? ExpiresAt, TimeSpan? Ttl, string? AggregationUri)
{
    /// <summary>Header <c>typ</c>.</summary>
    public const string Type = "statuslist+jwt";

    /// <summary>The media type it is served as [TSL §8.2].</summary>
    public const string MediaType = "application/statuslist+jwt";

    /// <summary>The longest <c>ttl</c> that is believed.</summary>
    public static readonly TimeSpan MaxTtl = TimeSpan.FromDays(365);

    /// <summary>The claims to sign.</summary>
    /// <param name="uri">Where the list is served: the <c>uri</c> of the tokens that refer to it.</param>
    /// <param name="list">The statuses.</param>
    /// <param name="issuedAt">The time.</param>
    /// <param name="expires">From when it must not be relied on.</param>
    /// <param name="ttl">How long a copy may be kept, in whole seconds.</param>
    /// <param name="aggregationUri">Where all the issuer's lists are named; null for nowhere.</param>
    public static JsonObject Claims(
        string uri, StatusList list, DateTimeOffset issuedAt, DateTimeOffset expires, TimeSpan ttl, string? aggregationUri = null)
    {
        var statusList = new JsonObject { ["bits"] = list.Bits, ["lst"] = list.Encode() };
        if (aggregationUri is not null) statusList["aggregation_uri"] = aggregationUri;
        return new()
        {
            ["sub"] = uri,
            ["iat"] = issuedAt.ToUnixTimeSeconds(),
            ["exp"] = expires.ToUnixTimeSeconds(),
            ["ttl"] = (long)ttl.TotalSeconds,
            ["status_list"] = statusList,
        };
    }

    /// <summary>Reads a token whose signature, and whose signer's right to say so, were verified [TSL §8.3 steps 3 to 5].</summary>
    /// <param name="verified">The token.</param>
    /// <param name="expectedUri">The <c>uri</c> of the token whose status is asked.</param>
    /// <param name="now">The time.</param>
    /// <param name="skew">How far the issuer's clock may run ahead.</param>
    /// <param name="maxBytes">The most bytes the list may inflate to.</param>
    /// <exception cref="Refusal">Malformed, with words of its own for each rule. Nothing is known of any status then.</exception>
    public static TokenStatusList Read(
        Jws verified, string expectedUri, DateTimeOffset now, TimeSpan skew = default, int maxBytes = StatusList.MaxBytes)
    {
        if (verified.Type != Type) throw Refusal.Malformed("typ of the status list token must be statuslist+jwt");
        var claims = verified.Claims();
        if (claims.RequiredString("sub") != expectedUri) throw Refusal.Malformed("sub of the status list token is not the URI it was asked at");

        if (claims.OptionalTime("iat") is not { } issuedAt) throw Refusal.Malformed("iat of the status list token is missing");
        if (issuedAt > now + skew) throw Refusal.Malformed("iat of the status list token is in the future");
        var expiresAt = claims.OptionalTime("exp");
        if (expiresAt <= now) throw Refusal.Malformed("the status list token has expired");

        var ttl = claims.OptionalInt64("ttl");
        if (ttl <= 0 || ttl > (long)MaxTtl.TotalSeconds) throw Refusal.Malformed("ttl of the status list token must be from a second to a year");

        var statusList = claims.RequiredObject("status_list");
        var bits = statusList.RequiredInt64("bits");
        if (bits is < 1 or > 8) throw Refusal.Malformed("bits of the status list must be 1, 2, 4 or 8");
        var aggregationUri = statusList.OptionalString("aggregation_uri");
        if (aggregationUri is not null && !AbsoluteUrl.Is(aggregationUri)) throw Refusal.Malformed("aggregation_uri must be an absolute URI");
        return new(
            StatusList.Decode(statusList.RequiredString("lst"), (int)bits, maxBytes),
            issuedAt,
            expiresAt,
            ttl is { } seconds ? TimeSpan.FromSeconds(seconds) : null,
            aggregationUri);
    }

    /// <summary>What a status says of its token [TSL §7.1]. An application's own value says nothing to whoever is not that application.</summary>
    public static StatusMeaning MeaningOf(TokenStatus status) => status switch
    {
        TokenStatus.Valid => StatusMeaning.Valid,
        TokenStatus.Invalid => StatusMeaning.Revoked,
        TokenStatus.Suspended => StatusMeaning.Suspended,
        _ => StatusMeaning.Unknown,
    };

    /// <summary>Whether this list may be served, or believed, as what stood at a time [TSL §8.4]. Where nothing says how long it stood, it may not.</summary>
    public bool StoodAt(DateTimeOffset time) => IssuedAt <= time && time < ExpiresAt;
}
