using System.Text.Json.Nodes;
using NetworkIdentity.Standards;
using NetworkIdentity.Standards.Encoding;

namespace NetworkIdentity.Tests.Standards;

public sealed class DateTimeStampTests
{
    private static DateTimeOffset? Read(string text) => DateTimeStamp.Optional(new JsonObject { ["at"] = text }, "at", orUtc: true);

    [Theory]
    [InlineData("2026-09-21T14:13:20Z", 1_790_000_000_000)]
    [InlineData("2026-09-21T14:13:20.5Z", 1_790_000_000_500)]
    [InlineData("2026-09-21T14:13:20.123456789012Z", 1_790_000_000_123)]
    [InlineData("2026-09-21T16:13:20+02:00", 1_790_000_000_000)]
    [InlineData("2026-09-22T04:13:20+14:00", 1_790_000_000_000)]
    [InlineData("2026-09-21T14:13:20", 1_790_000_000_000)]
    [InlineData("2026-09-21T24:00:00Z", 1_790_035_200_000)]
    [InlineData("2026-09-21T24:00:00.000", 1_790_035_200_000)]
    [InlineData("1969-12-31T23:59:59Z", -1000)]
    public void A_time_is_a_moment_and_without_an_offset_one_in_UTC(string text, long milliseconds) => Assert.Equal(milliseconds, Read(text)!.Value.ToUnixTimeMilliseconds());

    [Theory]
    [InlineData("")]
    [InlineData("2026-09-21")]
    [InlineData("2026-09-21 14:13:20Z")]
    [InlineData("2026-9-21T14:13:20Z")]
    [InlineData("2026-09-31T14:13:20Z")]
    [InlineData("2026-09-21T24:00:01Z")]
    [InlineData("2026-09-21T24:00:00.001Z")]
    [InlineData("2026-09-21T14:13:60Z")]
    [InlineData("2026-09-21T14:13Z")]
    [InlineData("2026-09-21T14:13:20.Z")]
    [InlineData("2026-09-21T14:13:20z")]
    [InlineData("2026-09-21T14:13:20+14:01")]
    [InlineData("2026-09-21T14:13:20+0200")]
    [InlineData("2026-09-21T14:13:20 Z")]
    [InlineData("2026-09-21T14:13:20Z\n")]
    [InlineData("0000-09-21T14:13:20Z")]
    [InlineData("-2026-09-21T14:13:20Z")]
    [InlineData("12026-09-21T14:13:20Z")]
    [InlineData("9999-12-31T24:00:00Z")]
    [InlineData("0001-01-01T00:00:00+14:00")]
    [InlineData("\u0662026-09-21T14:13:20Z")]
    [InlineData("2026-09-21T14:13:20.0000000000000000000000000000000000000000000000000000000000000000Z")]
    public void What_is_no_moment_is_refused(string text) => Assert.Equal("at must be a time with its offset", Assert.Throws<Refusal>(() => Read(text)).Description);

    [Theory]
    [InlineData("2026-09-21T14:13:20")]
    [InlineData("2026-09-21T24:00:00.000")]
    public void Without_an_offset_it_is_a_time_only_where_that_is_asked_for(string text) =>
        Assert.Equal("at must be a time with its offset", Assert.Throws<Refusal>(() => DateTimeStamp.Optional(new JsonObject { ["at"] = text }, "at")).Description);

    [Fact]
    public void What_is_written_is_read() => Assert.Equal(DateTimeOffset.UnixEpoch, Read(DateTimeStamp.Write(DateTimeOffset.UnixEpoch)));
}
