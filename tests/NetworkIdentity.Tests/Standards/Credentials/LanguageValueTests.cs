using NetworkIdentity.Standards.Credentials;
using static NetworkIdentity.Tests.Standards.Credentials.CredentialWorld;

namespace NetworkIdentity.Tests.Standards.Credentials;

public sealed class LanguageValueTests
{
    private static IReadOnlyList<LanguageValue> Read(string name) => LanguageValue.Optional(Json($$"""{"name":{{name}}}"""), "name");

    [Fact]
    public void A_text_is_a_string_or_comes_in_languages()
    {
        Assert.Empty(LanguageValue.Optional([], "name"));
        Assert.Equal([new("Dog")], Read("\"Dog\""));
        Assert.Equal([new("Dog", "en", "ltr")], Read("""{"@value":"Dog","@language":"en","@direction":"ltr"}"""));
        Assert.Equal([new("Dog", "en"), new("Chien", "fr")], Read("""[{"@value":"Dog","@language":"en"},{"@value":"Chien","@language":"fr"}]"""));
    }

    /// <summary>Examples of [RFC5646 §A], which the recommendation asks to be well-formed.</summary>
    [Theory]
    [InlineData("de")]
    [InlineData("i-enochian")]
    [InlineData("zh-Hant")]
    [InlineData("zh-cmn-Hans-CN")]
    [InlineData("sr-Latn-RS")]
    [InlineData("sl-rozaj-biske")]
    [InlineData("de-CH-1901")]
    [InlineData("hy-Latn-IT-arevela")]
    [InlineData("es-419")]
    [InlineData("de-CH-x-phonebk")]
    [InlineData("x-whatever")]
    [InlineData("qaa-Qaaa-QM-x-southern")]
    [InlineData("en-a-myext-b-another")]
    [InlineData("art-lojban")]
    [InlineData("sgn-BE-FR")]
    public void A_language_is_a_well_formed_tag(string tag) => Assert.Equal(tag, Assert.Single(Read($$"""{"@value":"a","@language":"{{tag}}"}""")).Language);

    [Theory]
    [InlineData("""{"@value":"a","@language":"e"}""", "@language of name is no language tag")]
    [InlineData("""{"@value":"a","@language":""}""", "@language of name is no language tag")]
    [InlineData("""{"@value":"a","@language":"en_GB"}""", "@language of name is no language tag")]
    [InlineData("""{"@value":"a","@language":"de-419-DE"}""", "@language of name is no language tag")]
    [InlineData("""{"@value":"a","@language":"a-DE"}""", "@language of name is no language tag")]
    [InlineData("""{"@value":"a","@language":"en-"}""", "@language of name is no language tag")]
    [InlineData("""{"@value":"a","@language":"en\n"}""", "@language of name is no language tag")]
    [InlineData("""{"@value":"a","@language":["en"]}""", "@language must be a string")]
    [InlineData("""{"@value":"a","@direction":"LTR"}""", "@direction of name must be ltr or rtl")]
    [InlineData("""{"@value":1}""", "@value must be a string")]
    [InlineData("""{"@language":"en"}""", "@value is missing")]
    [InlineData("""{"@value":"a","@type":"b"}""", "name has members beyond @value, @language and @direction")]
    [InlineData("[]", "name must be a string or a language value object")]
    [InlineData("""["a"]""", "name must be a string or a language value object")]
    [InlineData("7", "name must be a string or a language value object")]
    [InlineData("null", "name must be a string or a language value object")]
    public void What_is_no_text_is_refused(string name, string words) => Assert.Equal(words, Refused(() => Read(name)).Words);
}
