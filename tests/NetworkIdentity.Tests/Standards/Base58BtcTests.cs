using NetworkIdentity.Standards;
using NetworkIdentity.Standards.Encoding;
using NetworkIdentity.Tests.Specimens;

namespace NetworkIdentity.Tests.Standards;

public sealed class Base58BtcTests
{
    // The first three are of draft-msporny-base58, the others of Bitcoin's base58_encode_decode.json.
    [Theory]
    [InlineData("48656c6c6f20576f726c6421", "2NEpo7TZRRrLZSi2U")]
    [InlineData("54686520717569636b2062726f776e20666f78206a756d7073206f76657220746865206c617a7920646f672e", "USm3fpXnKG5EUBx2ndxBDMPVciP5hGey2Jh4NDv6gmeo1LkMeiKrLJUUBk6Z")]
    [InlineData("0000287fb4cd", "11233QC4")]
    [InlineData("", "")]
    [InlineData("61", "2g")]
    [InlineData("626262", "a3gV")]
    [InlineData("73696d706c792061206c6f6e6720737472696e67", "2cFupjhnEsSn59qHXstmK2ffpLv2")]
    [InlineData("00eb15231dfceb60925886b67d065299925915aeb172c06647", "1NS17iag9jJgTHD1VXjvLCEnZuQ3rJDE9L")]
    [InlineData("516b6fcd0f", "ABnLTmg")]
    [InlineData("00000000000000000000", "1111111111")]
    public void Known_values_are_written_and_read(string hex, string text)
    {
        Assert.Equal(text, Base58Btc.Encode(Convert.FromHexString(hex)));
        Assert.Equal(hex, Convert.ToHexStringLower(Base58Btc.Decode(text)));
    }

    [Fact]
    public void Bytes_are_read_back_as_they_were_and_a_text_has_one_meaning()
    {
        var mutator = new Mutator(Mutator.UsualSeed);
        for (var round = 0; round < 3000 * Mutator.Times; round++)
        {
            var bytes = new byte[mutator.Next(100)];
            for (var i = mutator.Next(4); i < bytes.Length; i++) bytes[i] = (byte)mutator.Next(256);
            var text = Base58Btc.Encode(bytes);
            Assert.Equal(bytes, Base58Btc.Decode(text));
            Assert.Equal(text, Base58Btc.Encode(Base58Btc.Decode(text)));
        }
    }

    [Theory]
    [InlineData("0")]
    [InlineData("O")]
    [InlineData("I")]
    [InlineData("l")]
    [InlineData("2g ")]
    [InlineData("2\u0261")]
    public void A60_a_character_outside_the_alphabet_is_refused(string text) =>
        Assert.Equal("not base58btc", Assert.Throws<Refusal>(() => Base58Btc.Decode(text)).Description);

    [Fact]
    public void A60_what_is_too_long_is_refused_before_it_is_read()
    {
        _ = Base58Btc.Decode(new string('z', Base58Btc.MaxLength));
        Assert.Equal("the base58btc is longer than 1024 characters", Assert.Throws<Refusal>(() => Base58Btc.Decode(new string('z', 2_000_000))).Description);
    }
}
