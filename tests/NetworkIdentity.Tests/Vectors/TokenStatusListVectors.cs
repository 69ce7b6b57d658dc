using System.Text.RegularExpressions;
using NetworkIdentity.Standards.Encoding;
using NetworkIdentity.Standards.Jose;
using NetworkIdentity.Standards.StatusLists;

namespace NetworkIdentity.Tests.Vectors;

public sealed class TokenStatusListVectors
{
    private const string Folder = "token-status-list";

    private static StatusList List(string file)
    {
        var text = VectorFiles.Text($"{Folder}/examples/{file}");
        var json = Regex.Replace(text[text.IndexOf('{', StringComparison.Ordinal)..], @"\s", "", RegexOptions.None, TimeSpan.FromSeconds(5));
        var read = StrictJson.ParseObject(json);
        return StatusList.Decode(read.RequiredString("lst"), (int)read.RequiredInt64("bits"), 1 << 20);
    }

    [Theory]
    [InlineData("status_list_encoding_json.md", 1, new byte[] { 0xb9, 0xa3 })]
    [InlineData("status_list_encoding2_json.md", 2, new byte[] { 0xc9, 0x44, 0xf9 })]
    public void The_short_lists_decode_and_encode(string file, int bits, byte[] bytes)
    {
        var list = List(file);
        Assert.Equal(bits, list.Bits);
        Assert.Equal(bytes, list.Bytes.ToArray());
        Assert.Equal(bytes, StatusList.Decode(list.Encode(), bits, 8).Bytes.ToArray());
        VectorFiles.Passed(1);
    }

    [Fact]
    public void The_statuses_of_the_first_example_stand_from_the_least_significant_bit()
    {
        // [TSL §4.1]: 0xB9 is 1, 0, 0, 1, 1, 1, 0, 1 and 0xA3 is 1, 1, 0, 0, 0, 1, 0, 1.
        var list = List("status_list_encoding_json.md");
        Assert.Equal("1001110111000101", string.Concat(Enumerable.Range(0, 16).Select(i => (int)list.Get(i))));
        var two = List("status_list_encoding2_json.md");
        Assert.Equal("120301011233", string.Concat(Enumerable.Range(0, 12).Select(i => (int)two.Get(i))));
        VectorFiles.Passed(2);
    }

    // The statuses that are not valid, from the draft's section "Test vectors for Status List encoding".
    [Theory]
    [InlineData("status_list_encoding1_long_json.md", 1, "0=1 1993=1 25460=1 159495=1 495669=1 554353=1 645645=1 723232=1 854545=1 934534=1 1000345=1")]
    [InlineData("status_list_encoding2_long_json.md", 2, "0=1 1993=2 25460=1 159495=3 495669=1 554353=1 645645=2 723232=1 854545=1 934534=2 1000345=3")]
    [InlineData("status_list_encoding4_json.md", 4, "0=1 1993=2 35460=3 459495=4 595669=5 754353=6 845645=7 923232=8 924445=9 934534=10 1000345=12 1004534=11 1030203=13 1030204=14 1030205=15")]
    public void The_long_lists_hold_these_statuses_and_no_others(string file, int bits, string statuses)
    {
        var list = List(file);
        Assert.Equal((bits, 1L << 20), (list.Bits, list.Size));
        var found = new List<string>();
        for (var i = 0L; i < list.Size; i++)
            if (list.Get(i) != TokenStatus.Valid) found.Add($"{i}={(int)list.Get(i)}");
        Assert.Equal(statuses, string.Join(' ', found));
        VectorFiles.Passed(1);
    }

    [Fact]
    public void The_list_of_eight_bits_holds_every_status_once()
    {
        var list = List("status_list_encoding8_json.md");
        Assert.Equal((8, 1L << 20), (list.Bits, list.Size));
        var found = Enumerable.Range(0, 1 << 20).Select(i => (int)list.Get(i)).Where(status => status != 0).ToArray();
        Assert.Equal(Enumerable.Range(1, 255), found.Order());
        VectorFiles.Passed(1);
    }

    [Fact]
    public void The_signed_example_verifies_and_is_read()
    {
        // The example's signature is padded, against RFC 7515; the padding is taken off here, not in the reader.
        var compact = string.Concat(VectorFiles.Text($"{Folder}/examples/status_list_jwt_raw.md").Where(c => !char.IsWhiteSpace(c))).TrimEnd('=');
        using var key = VerificationKey.Import(Jwk.Parse(StrictJson.ParseObject(VectorFiles.Json($"{Folder}/key.json")["public_jwk"]!.ToJsonString())));
        var jws = Jws.Parse(compact);
        Assert.True(jws.IsSignedBy(key));

        var read = TokenStatusList.Read(jws, "https://example.com/statuslists/1", DateTimeOffset.FromUnixTimeSeconds(1686920170));
        Assert.Equal(TimeSpan.FromHours(12), read.Ttl);
        Assert.Equal(DateTimeOffset.FromUnixTimeSeconds(2291720170), read.ExpiresAt);
        Assert.Equal([0xb9, 0xa3], read.List.Bytes.ToArray());
        VectorFiles.Passed(1);
    }
}
