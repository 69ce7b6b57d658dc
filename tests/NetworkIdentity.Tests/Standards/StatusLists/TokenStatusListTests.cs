using System.IO.Compression;
using System.Text.Json.Nodes;
using NetworkIdentity.Standards.Encoding;
using NetworkIdentity.Standards.Jose;
using NetworkIdentity.Standards.StatusLists;
using static NetworkIdentity.Tests.Standards.SdJwtWorld;

namespace NetworkIdentity.Tests.Standards.StatusLists;

public sealed class TokenStatusListTests
{
    private const string Uri = "https://nation.example/status/1";
    private static readonly SigningKey Key = NewKey();

    private static JsonObject Claims()
    {
        var list = new StatusList(2, 1000);
        list.Set(7, TokenStatus.Suspended);
        list.Set(999, TokenStatus.Invalid);
        return TokenStatusList.Claims(Uri, list, Now, Now.AddHours(1), TimeSpan.FromSeconds(60), "https://nation.example/status");
    }

    private static Jws Signed(JsonObject claims, string type = TokenStatusList.Type) =>
        Jws.Parse(Jws.SignAsync(type, claims, Key).AsTask().GetAwaiter().GetResult());

    private static TokenStatusList Read(JsonObject claims, DateTimeOffset? now = null) => TokenStatusList.Read(Signed(claims), Uri, now ?? Now);

    private static string Refused(string change)
    {
        var claims = Claims();
        var statusList = claims["status_list"]!.AsObject();
        foreach (var (name, value) in Json(change))
        {
            var at = name is "bits" or "lst" or "aggregation_uri" ? statusList : claims;
            if (value?.ToJsonString() == "\"absent\"") at.Remove(name);
            else at[name] = value?.DeepClone();
        }

        return WordsOf(() => Read(claims));
    }

    private static string Lst(byte[] zlib) => Base64Url.Encode(zlib);

    private static byte[] Compressed(int length, CompressionLevel level = CompressionLevel.SmallestSize)
    {
        using var into = new MemoryStream();
        using (var zlib = new ZLibStream(into, level))
            for (var left = length; left > 0; left -= 65536) zlib.Write(new byte[Math.Min(left, 65536)]);
        return into.ToArray();
    }

    [Fact]
    public void What_is_written_is_read()
    {
        var read = Read(Claims());
        Assert.Equal((Now, Now.AddHours(1), TimeSpan.FromMinutes(1)), (read.IssuedAt, read.ExpiresAt, read.Ttl));
        Assert.Equal("https://nation.example/status", read.AggregationUri);
        Assert.Equal(1000, read.List.Size);
        Assert.Equal(
            [TokenStatus.Valid, TokenStatus.Suspended, TokenStatus.Valid, TokenStatus.Invalid],
            new long[] { 6, 7, 8, 999 }.Select(read.List.Get));
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(4)]
    [InlineData(8)]
    public void Every_width_keeps_every_status_apart(int bits)
    {
        var list = new StatusList(bits, 1003);
        for (var i = 0; i < list.Size; i++) list.Set(i, (TokenStatus)(i * 7 % (1 << bits)));
        for (var i = 0; i < list.Size; i++) list.Set(i, (TokenStatus)(i * 5 % (1 << bits)));
        var read = StatusList.Decode(list.Encode(), bits, 2000);
        Assert.Equal((1003 * bits + 7) / 8 * 8 / bits, read.Size);
        for (var i = 0; i < read.Size; i++) Assert.Equal((TokenStatus)(i * 5 % (1 << bits)), read.Get(i));
    }

    [Fact]
    public void A_status_of_too_many_bits_and_an_index_outside_are_not_set()
    {
        var list = new StatusList(1, 8);
        Assert.Throws<ArgumentOutOfRangeException>(() => list.Set(0, TokenStatus.Suspended));
        Assert.Throws<ArgumentOutOfRangeException>(() => list.Set(8, TokenStatus.Invalid));
        Assert.Throws<ArgumentOutOfRangeException>(() => list.Set(-1, TokenStatus.Invalid));
        Assert.Throws<ArgumentOutOfRangeException>(() => new StatusList(3, 8));
    }

    [Fact]
    public void A84_a_zlib_bomb_is_refused_before_it_fills_memory()
    {
        var bomb = Compressed(64 * 1024 * 1024);
        Assert.InRange(bomb.Length, 1, 80_000);
        var before = GC.GetAllocatedBytesForCurrentThread();
        Assert.Equal("the status list inflates to more than is allowed", Refused($$"""{"lst":"{{Lst(bomb)}}"}"""));
        Assert.InRange(GC.GetAllocatedBytesForCurrentThread() - before, 0, 5L * StatusList.MaxBytes);
        Assert.Equal(StatusList.MaxBytes * 8L, StatusList.Decode(Lst(Compressed(StatusList.MaxBytes)), 1, StatusList.MaxBytes).Size);
        Assert.Equal(
            "the status list inflates to more than is allowed",
            WordsOf(() => StatusList.Decode(Lst(Compressed(StatusList.MaxBytes + 1)), 1, StatusList.MaxBytes)));
    }

    [Theory]
    [InlineData(CompressionLevel.NoCompression)]
    [InlineData(CompressionLevel.Fastest)]
    [InlineData(CompressionLevel.Optimal)]
    [InlineData(CompressionLevel.SmallestSize)]
    public void Any_ZLIB_header_is_read_and_any_trailing_or_missing_byte_refused(CompressionLevel level)
    {
        var zlib = Compressed(3000, level);
        Assert.Equal(24000, StatusList.Decode(Lst(zlib), 1, 3000).Size);
        foreach (var tail in new[] { 1, 4, 15, 16, 17, 40, 9000 })
        {
            byte[] longer = [.. zlib, .. new byte[tail - 1], 1];
            Assert.Equal("something stands behind the end of the status list", WordsOf(() => StatusList.Decode(Lst(longer), 1, 3000)));
            byte[] sameEnd = [.. zlib, .. zlib];
            Assert.Equal("something stands behind the end of the status list", WordsOf(() => StatusList.Decode(Lst(sameEnd), 1, 3000)));
        }

        for (var length = 0; length < zlib.Length; length += length < 40 || length > zlib.Length - 40 ? 1 : 13)
            Assert.NotEmpty(WordsOf(() => StatusList.Decode(Lst(zlib[..length]), 1, 3000)));
    }

    [Theory]
    [InlineData("""{"bits":3}""", "bits of the status list must be 1, 2, 4 or 8")]
    [InlineData("""{"bits":0}""", "bits of the status list must be 1, 2, 4 or 8")]
    [InlineData("""{"bits":16}""", "bits of the status list must be 1, 2, 4 or 8")]
    [InlineData("""{"bits":4294967297}""", "bits of the status list must be 1, 2, 4 or 8")]
    [InlineData("""{"bits":"1"}""", "bits must be an integer")]
    [InlineData("""{"bits":"absent"}""", "bits is missing")]
    [InlineData("""{"lst":"absent"}""", "lst is missing")]
    [InlineData("""{"lst":""}""", "the status list is not in ZLIB's format")]
    [InlineData("""{"lst":"eNrbuRgAAhcBXQ=="}""", "not base64url without padding")]
    [InlineData("""{"lst":"AAAAAAAAAAAAAA"}""", "the status list is not in ZLIB's format")]
    [InlineData("""{"lst":"eJwDAAAAAAE"}""", "the status list is empty")]
    [InlineData("""{"sub":"https://nation.example/status/2"}""", "sub of the status list token is not the URI it was asked at")]
    [InlineData("""{"sub":"https://nation.example/status/1/"}""", "sub of the status list token is not the URI it was asked at")]
    [InlineData("""{"sub":"HTTPS://nation.example/status/1"}""", "sub of the status list token is not the URI it was asked at")]
    [InlineData("""{"sub":"absent"}""", "sub is missing")]
    [InlineData("""{"iat":1790000001}""", "iat of the status list token is in the future")]
    [InlineData("""{"iat":"absent"}""", "iat of the status list token is missing")]
    [InlineData("""{"exp":1790000000}""", "the status list token has expired")]
    [InlineData("""{"exp":null}""", "exp must be a NumericDate")]
    [InlineData("""{"ttl":0}""", "ttl of the status list token must be from a second to a year")]
    [InlineData("""{"ttl":-60}""", "ttl of the status list token must be from a second to a year")]
    [InlineData("""{"ttl":3153600000}""", "ttl of the status list token must be from a second to a year")]
    [InlineData("""{"ttl":"60"}""", "ttl must be an integer")]
    [InlineData("""{"aggregation_uri":"status"}""", "aggregation_uri must be an absolute URI")]
    [InlineData("""{"aggregation_uri":7}""", "aggregation_uri must be a string")]
    [InlineData("""{"status_list":"absent"}""", "status_list is missing")]
    [InlineData("""{"status_list":[]}""", "status_list must be an object")]
    public void A84_a_status_list_that_breaks_a_rule_is_refused_by_name(string change, string words) => Assert.Equal(words, Refused(change));

    [Theory]
    [InlineData("JWT")]
    [InlineData("statuslist+cwt")]
    [InlineData("application/statuslist+jwt")]
    [InlineData("dc+sd-jwt")]
    public void A84_another_typ_is_refused(string type) => Assert.Equal(
        "typ of the status list token must be statuslist+jwt", WordsOf(() => TokenStatusList.Read(Signed(Claims(), type), Uri, Now)));

    [Fact]
    public void A84_an_index_outside_the_list_says_nothing()
    {
        var list = Read(Claims()).List;
        Assert.All(new[] { -1, 1000, long.MaxValue, long.MinValue }, index =>
            Assert.Equal("the index is not in the status list", WordsOf(() => list.Get(index))));
    }

    [Theory]
    [InlineData("-1", "idx is out of range")]
    [InlineData("2147483648", "idx is out of range")]
    [InlineData("9223372036854775808", "idx must be an integer")]
    [InlineData("1.0", "idx must be an integer")]
    [InlineData("1e2", "idx must be an integer")]
    [InlineData("\"7\"", "idx must be an integer")]
    [InlineData("null", "idx must be an integer")]
    public void A84_an_idx_that_is_no_index_is_refused(string index, string words) => Assert.Equal(
        words, WordsOf(() => StatusListReference.Parse(Json($$"""{"idx":{{index}},"uri":"{{Uri}}"}"""))));

    [Theory]
    [InlineData("""{"idx":1}""", "uri is missing")]
    [InlineData("""{"uri":"https://a.example"}""", "idx is missing")]
    [InlineData("""{"idx":1,"uri":"status/1"}""", "uri of the status list must be an absolute URI")]
    [InlineData("""{"idx":1,"uri":"/status/1"}""", "uri of the status list must be an absolute URI")]
    [InlineData("""{"idx":1,"uri":""}""", "uri of the status list must be an absolute URI")]
    public void A_reference_of_a_wrong_form_is_refused(string json, string words) =>
        Assert.Equal(words, WordsOf(() => StatusListReference.Parse(Json(json))));

    [Fact]
    public void A_reference_is_written_and_read()
    {
        var reference = new StatusListReference(Uri, StatusListReference.MaxIndex);
        Assert.Equal(reference, StatusListReference.Of(new() { ["status"] = reference.ToStatus() }));
        Assert.Null(StatusListReference.Of([]));
    }

    [Fact]
    public void Exp_and_ttl_may_be_absent_and_a_skew_may_be_allowed()
    {
        var claims = Claims();
        claims.Remove("exp");
        claims.Remove("ttl");
        claims["iat"] = Now.ToUnixTimeSeconds() + 30;
        var read = TokenStatusList.Read(Signed(claims), Uri, Now, TimeSpan.FromSeconds(30));
        Assert.Equal((null, null), (read.ExpiresAt, read.Ttl));
    }

    [Fact]
    public void A84_a_list_answers_for_the_time_between_its_iat_and_its_exp_and_no_other()
    {
        var read = Read(Claims());
        Assert.Equal([false, true, true, false], new[] { -1, 0, 3599, 3600 }.Select(seconds => read.StoodAt(Now.AddSeconds(seconds))));
        Assert.False((read with { ExpiresAt = null }).StoodAt(Now));

        // Who asked for a time reads the answer with that time: a server that ignored the query sent what is now.
        Assert.Equal("iat of the status list token is in the future", WordsOf(() => Read(Claims(), Now.AddDays(-1))));
        Assert.Equal(Now, StatusListTime.Parse("1790000000"));
        Assert.Equal($"{Uri}?time=1790000000", StatusListTime.Ask(Uri, Now));
        Assert.Equal($"{Uri}?a=b&time=1790000000", StatusListTime.Ask($"{Uri}?a=b", Now));
        Assert.All(new[] { "", " 1", "-1", "+1", "1.5", "1e3", "0x1", "253402300800", "99999999999999999999", "now" }, value =>
            Assert.Equal("time must be Unix seconds", WordsOf(() => StatusListTime.Parse(value))));
    }

    [Fact]
    public void A84_what_is_revoked_is_told_from_what_is_suspended_and_from_what_is_not_known()
    {
        Assert.Equal(
            [StatusMeaning.Valid, StatusMeaning.Revoked, StatusMeaning.Suspended],
            new[] { TokenStatus.Valid, TokenStatus.Invalid, TokenStatus.Suspended }.Select(TokenStatusList.MeaningOf));
        Assert.Equal(StatusMeaning.Unknown, default);
        Assert.All(Enumerable.Range(3, 253), value => Assert.Equal(StatusMeaning.Unknown, TokenStatusList.MeaningOf((TokenStatus)value)));
    }

    [Fact]
    public void Only_a_refusal_leaves_the_reading_of_a_mutated_list() => Assert.InRange(
        Mutations.Refused(StrictJson.WriteText(Claims()), text => TokenStatusList.Read(Signed(Json(text)), Uri, Now), 500), 250, 500);

    [Fact]
    public void Only_a_refusal_leaves_the_inflating_of_mutated_bytes()
    {
        var list = new StatusList(1, 4096);
        for (var i = 0; i < 4096; i += 37) list.Set(i, TokenStatus.Invalid);
        Assert.InRange(Mutations.Refused(list.Encode(), text => StatusList.Decode(text, 1, 600)), 1400, 1500);
    }
}
