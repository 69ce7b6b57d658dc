using System.Text.Json.Nodes;
using NetworkIdentity.Standards.Encoding;
using NetworkIdentity.Standards.OpenId4Vp;

namespace NetworkIdentity.Tests.Vectors;

public sealed class DcqlVectors
{
    [Fact]
    public void Every_example_query_of_OpenID4VP_is_read_and_written_back()
    {
        var files = Directory.GetFiles(VectorFiles.Path("openid4vp/1.0/examples/query_lang"), "*.json");
        Assert.Equal(7, files.Length);
        foreach (var file in files)
        {
            var json = StrictJson.ParseObject(VectorFiles.Text(file));
            var written = DcqlQuery.Parse(json).ToJson();
            Assert.True(JsonNode.DeepEquals(json, written), $"{Path.GetFileName(file)}: {written}");
        }

        VectorFiles.Passed(files.Length);
    }

    [Theory]
    [InlineData("dcql_jwt_vc.json")]
    [InlineData("dcql_ldp_vc.json")]
    public void The_example_queries_of_other_formats_are_read(string file)
    {
        Assert.NotEmpty(DcqlQuery.Parse(StrictJson.ParseObject(VectorFiles.Text($"openid4vp/1.0/examples/request/{file}"))).Credentials);
        VectorFiles.Passed(1);
    }
}
