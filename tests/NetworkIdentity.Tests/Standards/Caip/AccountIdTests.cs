using NetworkIdentity.Standards;
using NetworkIdentity.Standards.Caip;

namespace NetworkIdentity.Tests.Standards.Caip;

public sealed class AccountIdTests
{
    /// <summary>The addresses of EIP-55's own test cases.</summary>
    [Theory]
    [InlineData("0x52908400098527886E0F7030069857D2E4169EE7")]
    [InlineData("0x8617E340B3D01FA5F11F306F4090FD50E238070D")]
    [InlineData("0xde709f2102306220921060314715629080e2fb77")]
    [InlineData("0x27b1fdb04752bbc536007a920d24acb045561c26")]
    [InlineData("0x5aAeb6053F3E94C9b9A09f33669435E7Ef1BeAed")]
    [InlineData("0xfB6916095ca1df60bB79Ce92cE3Ea74c37c5d359")]
    [InlineData("0xdbF03B407c01E7cD3CBea99509d93f8DDDC8C6FB")]
    [InlineData("0xD1220A0cf47c7B9Be7A2E6BA89F429762e7b9aDb")]
    public void An_address_is_written_in_its_checksum_form_however_it_came(string address)
    {
        Assert.Equal($"eip155:1:{address}", AccountId.Parse($"eip155:1:{address}").ToString());
        Assert.Equal($"eip155:10:{address}", AccountId.Parse($"eip155:10:{address.ToLowerInvariant()}").ToString());
        Assert.Equal($"eip155:137:{address}", AccountId.Parse($"eip155:137:0x{address[2..].ToUpperInvariant()}").ToString());
    }

    [Fact]
    public void It_has_the_parts_that_it_is_written_with()
    {
        var account = AccountId.Parse("eip155:137:0xab16a96d359ec26a11e2c2b3d8f8b8942d5bfcdb");
        Assert.Equal(("eip155", "137", "0xab16a96D359eC26a11e2C2b3d8f8B8942d5Bfcdb"), (account.Namespace, account.Reference, account.Address));
    }

    [Theory]
    [InlineData("", "namespace:chain:address")]
    [InlineData("0xab16a96D359eC26a11e2C2b3d8f8B8942d5Bfcdb", "namespace:chain:address")]
    [InlineData("eip155:0xab16a96D359eC26a11e2C2b3d8f8B8942d5Bfcdb", "namespace:chain:address")]
    [InlineData("EIP155:1:0xab16a96D359eC26a11e2C2b3d8f8B8942d5Bfcdb", "namespace:chain:address")]
    [InlineData("eip155:1:0xab16a96D359eC26a11e2C2b3d8f8B8942d5Bfcdb\n", "namespace:chain:address")]
    [InlineData(" eip155:1:0xab16a96D359eC26a11e2C2b3d8f8B8942d5Bfcdb", "namespace:chain:address")]
    [InlineData("eip155:0:0xab16a96D359eC26a11e2C2b3d8f8B8942d5Bfcdb", "the chain is a number")]
    [InlineData("eip155:01:0xab16a96D359eC26a11e2C2b3d8f8B8942d5Bfcdb", "the chain is a number")]
    [InlineData("eip155:main:0xab16a96D359eC26a11e2C2b3d8f8B8942d5Bfcdb", "the chain is a number")]
    [InlineData("eip155:1:ab16a96D359eC26a11e2C2b3d8f8B8942d5Bfcdb", "40 hexadecimal digits")]
    [InlineData("eip155:1:0xab16a96D359eC26a11e2C2b3d8f8B8942d5Bfcd", "40 hexadecimal digits")]
    [InlineData("eip155:1:0xab16a96D359eC26a11e2C2b3d8f8B8942d5Bfcdbb", "40 hexadecimal digits")]
    [InlineData("eip155:1:vitalik.eth", "40 hexadecimal digits")]
    [InlineData("eip155:1:0xab16a96D359eC26a11e2C2b3d8f8B8942d5BfcdB", "not its checksum")]
    [InlineData("eip155:1:0xAb16a96D359eC26a11e2C2b3d8f8B8942d5Bfcdb", "not its checksum")]
    public void What_is_no_account_is_refused_with_what_is_wrong(string text, string words)
    {
        var refusal = Assert.Throws<Refusal>(() => AccountId.Parse(text));
        Assert.Equal(Refusal.MalformedCode, refusal.Code);
        Assert.Contains(words, refusal.Description, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("bip122:000000000019d6689c085ae165831e93:128Lkh3S7CkDTBZ8W7BbpsN3YYizJMp8p6")]
    [InlineData("cosmos:cosmoshub-3:cosmos1t2uflqwqe0fsj0shcfkrvpukewcw40yjj6hdc0")]
    [InlineData("polkadot:b0a8d493285c2df73290dfb7e61f870f:5hmuyxw9xdgbpptgypokw4thfyoe3ryenebr381z9iaegmfy")]
    [InlineData("solana:5eykt4UsFv8P8NJdTREpY1vzqKqZKvdp:7S3P4HxJpyyigGzodYwHtCxZyUQe9JiBMHyRWXArAaKv")]
    public void An_account_of_another_namespace_is_refused_by_a_code_of_its_own(string text) =>
        Assert.Equal("unsupported_account", Assert.Throws<Refusal>(() => AccountId.Parse(text)).Code);
}
