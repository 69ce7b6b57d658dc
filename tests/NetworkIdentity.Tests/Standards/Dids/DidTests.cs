using NetworkIdentity.Standards;
using NetworkIdentity.Standards.Dids;

namespace NetworkIdentity.Tests.Standards.Dids;

public sealed class DidTests
{
    [Theory]
    [InlineData("did:example:123", "example")]
    [InlineData("did:web:nation.example%3A8443:a:b", "web")]
    [InlineData("did:ex2:a::b", "ex2")]
    [InlineData("did:e::a", "e")]
    public void A_DID_has_a_method_and_stays_as_it_is_written(string text, string method)
    {
        var did = Did.Parse(text);
        Assert.Equal((method, text), (did.Method, did.ToString()));
        Assert.Equal(did, Did.Parse(text));
    }

    [Theory]
    [InlineData("")]
    [InlineData("did:")]
    [InlineData("did:example")]
    [InlineData("did:example:")]
    [InlineData("did:example:a:")]
    [InlineData("did::a")]
    [InlineData("DID:example:a")]
    [InlineData("did:Example:a")]
    [InlineData("did:ex-ample:a")]
    [InlineData("did:example:a b")]
    [InlineData("did:example:%")]
    [InlineData("did:example:%4")]
    [InlineData("did:example:%4g")]
    [InlineData("did:example:\u00e9")]
    [InlineData("did:example:a#b")]
    [InlineData("did:example:a\n")]
    public void What_is_no_DID_is_refused(string text) => Assert.Equal("invalidDid", Assert.Throws<Refusal>(() => Did.Parse(text)).Code);

    [Fact]
    public void A_DID_is_bounded() => Assert.False(Did.Is("did:example:" + new string('a', Did.MaxLength)));

    [Theory]
    [InlineData("did:e:a", "", null, null)]
    [InlineData("did:e:a/p/q?x=1#f", "/p/q", "x=1", "f")]
    [InlineData("did:e:a?#", "", "", "")]
    [InlineData("did:e:a#f/g?h", "", null, "f/g?h")]
    [InlineData("did:e:a//", "//", null, null)]
    public void A_DID_URL_has_the_parts_of_a_URL_behind_its_DID(string text, string path, string? query, string? fragment)
    {
        var url = DidUrl.Parse(text);
        Assert.Equal(("did:e:a", path, query, fragment, text), (url.Did.ToString(), url.Path, url.Query, url.Fragment, url.ToString()));
    }

    [Theory]
    [InlineData("")]
    [InlineData("#f")]
    [InlineData("https://nation.example/#f")]
    [InlineData("did:e:a#f#g")]
    [InlineData("did:e:a?x y")]
    [InlineData("did:e:a/%zz")]
    [InlineData("did:e:a#\u00e9")]
    [InlineData("did:e:a#f\n")]
    [InlineData("did:e:a:#f")]
    public void What_is_no_DID_URL_is_refused(string text) => Assert.Equal("invalidDidUrl", Assert.Throws<Refusal>(() => DidUrl.Parse(text)).Code);

    [Fact]
    public void Parameters_are_decoded_and_none_stands_twice()
    {
        var parameters = DidUrl.Parse("did:e:a?versionTime=2021-05-10T17%3A00%3A00Z&service=files&flag").Parameters();
        Assert.Equal("2021-05-10T17:00:00Z|files|", string.Join('|', parameters["versionTime"], parameters["service"], parameters["flag"]));
        Assert.Empty(DidUrl.Parse("did:e:a?").Parameters());
        foreach (var query in (string[])["a=1&a=2", "a=1&%61=2", "a=%ff", string.Join('&', Enumerable.Range(0, 17).Select(i => $"p{i}=1"))])
            Assert.Equal("invalidDidUrl", Assert.Throws<Refusal>(() => DidUrl.Parse("did:e:a?" + query).Parameters()).Code);
    }

    [Fact]
    public void Only_a_refusal_leaves_the_reading_of_a_mutated_DID_URL() =>
        Assert.InRange(Mutations.Refused("did:webvh:QmYwAPJzv5CZsnA625s3Xf2nemtYgPpHdWEz79ojWnPbdG:nation.example%3A8443:a?versionId=1#k", text => DidUrl.Parse(text).Parameters()), 300, 1500);
}
