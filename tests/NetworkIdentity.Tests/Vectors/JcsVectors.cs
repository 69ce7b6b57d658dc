using System.Text.Json.Nodes;
using NetworkIdentity.Standards;
using NetworkIdentity.Standards.Encoding;

namespace NetworkIdentity.Tests.Vectors;

/// <summary>JCS by the files of its author, and the numbers of [RFC8785 App. B].</summary>
public sealed class JcsVectors
{
    [Fact]
    public void Every_input_is_written_as_both_of_its_outputs()
    {
        var inputs = Directory.GetFiles(VectorFiles.Path("jcs/testdata/input"), "*.json");
        foreach (var input in inputs)
        {
            var name = Path.GetFileNameWithoutExtension(input);
            var canonical = Jcs.Canonicalize(StrictJson.Parse(VectorFiles.Bytes(input)));
            Assert.Equal(VectorFiles.Bytes($"jcs/testdata/output/{name}.json"), canonical);
            Assert.Equal(
                Convert.FromHexString(string.Concat(VectorFiles.Text($"jcs/testdata/outhex/{name}.txt").Where(char.IsAsciiHexDigit))),
                canonical);
            Assert.Equal(canonical, Jcs.Canonicalize(StrictJson.Parse(canonical)));
        }

        Assert.Equal(6, inputs.Length);
        VectorFiles.Passed(inputs.Length);
    }

    [Theory]
    [InlineData("0000000000000000", "0")]
    [InlineData("8000000000000000", "0")]
    [InlineData("0000000000000001", "5e-324")]
    [InlineData("8000000000000001", "-5e-324")]
    [InlineData("7fefffffffffffff", "1.7976931348623157e+308")]
    [InlineData("ffefffffffffffff", "-1.7976931348623157e+308")]
    [InlineData("4340000000000000", "9007199254740992")]
    [InlineData("c340000000000000", "-9007199254740992")]
    [InlineData("4430000000000000", "295147905179352830000")]
    [InlineData("44b52d02c7e14af5", "9.999999999999997e+22")]
    [InlineData("44b52d02c7e14af6", "1e+23")]
    [InlineData("44b52d02c7e14af7", "1.0000000000000001e+23")]
    [InlineData("444b1ae4d6e2ef4e", "999999999999999700000")]
    [InlineData("444b1ae4d6e2ef4f", "999999999999999900000")]
    [InlineData("444b1ae4d6e2ef50", "1e+21")]
    [InlineData("3eb0c6f7a0b5ed8c", "9.999999999999997e-7")]
    [InlineData("3eb0c6f7a0b5ed8d", "0.000001")]
    [InlineData("41b3de4355555553", "333333333.3333332")]
    [InlineData("41b3de4355555554", "333333333.33333325")]
    [InlineData("41b3de4355555555", "333333333.3333333")]
    [InlineData("41b3de4355555556", "333333333.3333334")]
    [InlineData("41b3de4355555557", "333333333.33333343")]
    [InlineData("becbf647612f3696", "-0.0000033333333333333333")]
    [InlineData("43143ff3c1cb0959", "1424953923781206.2")]
    public void A_number_of_Appendix_B_is_written_as_ECMAScript_does(string bits, string text)
    {
        var number = BitConverter.Int64BitsToDouble(Convert.ToInt64(bits, 16));
        Assert.Equal(text, Jcs.Number(number));
        Assert.Equal(text, System.Text.Encoding.UTF8.GetString(Jcs.Canonicalize(JsonValue.Create(number))));
        Assert.Equal(number, double.Parse(text, System.Globalization.CultureInfo.InvariantCulture));
    }

    [Theory]
    [InlineData("1e309")]
    [InlineData("-1e309")]
    [InlineData("[1e999999999]")]
    public void A_number_beyond_every_double_is_refused(string json) => Assert.Equal(
        "a number is beyond what a double holds",
        Assert.Throws<Refusal>(() => Jcs.Canonicalize(StrictJson.Parse(System.Text.Encoding.UTF8.GetBytes(json)))).Description);
}
