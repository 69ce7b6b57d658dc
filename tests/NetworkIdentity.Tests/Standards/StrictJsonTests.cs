using NetworkIdentity.Standards.Encoding;
using static NetworkIdentity.Tests.Standards.SdJwtWorld;

namespace NetworkIdentity.Tests.Standards;

public sealed class StrictJsonTests
{
    [Theory]
    [InlineData("""{"a":"\ud800"}""")]
    [InlineData("""{"\ud800":1}""")]
    [InlineData("""{"\ud800":1,"\ud801":2,"a":3}""")]
    [InlineData("""{"a":[{"\udc00":1}]}""")]
    public void A_lone_surrogate_is_refused_wherever_it_stands(string json) =>
        Assert.Equal("a lone surrogate", WordsOf(() => StrictJson.ParseObject(json)));
}
