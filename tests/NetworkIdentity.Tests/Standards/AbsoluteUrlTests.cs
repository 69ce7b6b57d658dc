using NetworkIdentity.Standards.Encoding;

namespace NetworkIdentity.Tests.Standards;

public sealed class AbsoluteUrlTests
{
    [Theory]
    [InlineData("https://nation.example")]
    [InlineData("http://127.0.0.1:5000/a?b=c#d")]
    [InlineData("HTTPS://nation.example/")]
    [InlineData("https://university.example/credentials/1872")]
    [InlineData("did:example:subject")]
    [InlineData("did:web:localhost%3A8443:a#key-1")]
    [InlineData("did:key:z6MkpJySvETLnxhQG9DzEdmKJtysBDjuuTeDfUj1uNNCUqcj#z6MkpJySvETLnxhQG9DzEdmKJtysBDjuuTeDfUj1uNNCUqcj")]
    [InlineData("urn:uuid:9c9a36f8-518f-4976-a934-6649502d0008")]
    [InlineData("mailto:ada@nation.example")]
    [InlineData("https://\u00e9.example/\u00e9")]
    public void What_identifies_is_one(string text) => Assert.True(AbsoluteUrl.Is(text));

    [Theory]
    [InlineData("")]
    [InlineData(":")]
    [InlineData("did:")]
    [InlineData("fake-issuer")]
    [InlineData("/status/1")]
    [InlineData("//nation.example")]
    [InlineData("#0")]
    [InlineData("1a:b")]
    [InlineData("https ://not-a-url")]
    [InlineData(" https://nation.example")]
    [InlineData("https://nation.example/ ")]
    [InlineData("https://nation.example/\n")]
    [InlineData("https://nation.example/\u00a0")]
    [InlineData("https://nation.example/\u2028")]
    [InlineData("https://nation.example/<a>")]
    [InlineData("https://nation.example\\a")]
    [InlineData("https:nation.example")]
    [InlineData("https://")]
    [InlineData("https:///a")]
    public void What_is_relative_or_spelled_in_two_ways_is_none(string text) => Assert.False(AbsoluteUrl.Is(text));

    [Fact]
    public void A_long_one_is_none()
    {
        var longest = "https://nation.example/" + new string('a', AbsoluteUrl.MaxLength - 23);
        Assert.True(AbsoluteUrl.Is(longest));
        Assert.False(AbsoluteUrl.Is(longest + "a"));
    }
}
