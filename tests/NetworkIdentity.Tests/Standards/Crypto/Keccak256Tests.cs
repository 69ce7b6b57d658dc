using NetworkIdentity.Standards.Crypto;

namespace NetworkIdentity.Tests.Standards.Crypto;

/// <summary>Known answers; tests/interop/accounts.test.mjs holds it against another library's for every length up to some blocks.</summary>
public sealed class Keccak256Tests
{
    [Theory]
    [InlineData("", "c5d2460186f7233c927e7db2dcc703c0e500b653ca82273b7bfad8045d85a470")]
    [InlineData("abc", "4e03657aea45a94fc7d47ba826c8d667c0d1e6e33a64a036ec44f58fa12d6c45")]
    [InlineData("The quick brown fox jumps over the lazy dog", "4d741b6f1eb29cb2a9b9911c82f56fa8d73b04959d3d9d222895df6c0b28aa15")]
    [InlineData("Transfer(address,address,uint256)", "ddf252ad1be2c89b69c2b068fc378daa952ba7f163c4a11628f55a4df523b3ef")]
    public void Known_texts_have_their_known_digests(string text, string digest) =>
        Assert.Equal(digest, Convert.ToHexStringLower(Keccak256.Hash(System.Text.Encoding.ASCII.GetBytes(text))));

    /// <summary>135 bytes leave one for the padding, 136 none, 272 two whole blocks. The digests are those of ethers 6.</summary>
    [Theory]
    [InlineData(135, "34367dc248bbd832f4e3e69dfaac2f92638bd0bbd18f2912ba4ef454919cf446")]
    [InlineData(136, "a6c4d403279fe3e0af03729caada8374b5ca54d8065329a3ebcaeb4b60aa386e")]
    [InlineData(137, "d869f639c7046b4929fc92a4d988a8b22c55fbadb802c0c66ebcd484f1915f39")]
    public void The_padding_fits_whatever_is_left_of_a_block(int length, string digest)
    {
        var text = new byte[length];
        Array.Fill(text, (byte)'a');
        Assert.Equal(digest, Convert.ToHexStringLower(Keccak256.Hash(text)));
    }

    /// <summary>A digest of the digests of 601 texts, one of each length: what tests/interop/accounts.test.mjs makes with ethers.</summary>
    [Fact]
    public void Of_every_length_up_to_some_blocks_it_is_what_another_library_says()
    {
        byte[] chain = [];
        for (var length = 0; length <= 600; length++)
            chain = Keccak256.Hash([.. chain, .. Keccak256.Hash([.. Enumerable.Range(0, length).Select(at => (byte)((at * 7) + length))])]);
        Assert.Equal("32117d4bf00d1284e9c08fd04be96845d84f932c54d22acd32011af0a42b63b7", Convert.ToHexStringLower(chain));
    }
}
