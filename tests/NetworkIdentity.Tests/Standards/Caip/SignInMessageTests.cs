using NetworkIdentity.Standards;
using NetworkIdentity.Standards.Caip;
using NetworkIdentity.Tests.Specimens;

namespace NetworkIdentity.Tests.Standards.Caip;

public sealed class SignInMessageTests
{
    private static readonly DateTimeOffset At = new(2026, 3, 14, 12, 22, 5, 678, TimeSpan.FromHours(1));

    [Fact]
    public void The_text_is_that_of_the_specification_to_the_letter() => Assert.Equal(
        """
        nation.example:8443 wants you to sign in with your Ethereum account:
        0xab16a96D359eC26a11e2C2b3d8f8B8942d5Bfcdb

        I bind it.

        URI: https://nation.example:8443/account/elsewhere
        Version: 1
        Chain ID: 137
        Nonce: 32891756
        Issued At: 2026-03-14T11:22:05Z
        Expiration Time: 2026-03-14T11:32:05Z
        """.ReplaceLineEndings("\n"),
        Of("eip155:137:0xab16a96D359eC26a11e2C2b3d8f8B8942d5Bfcdb").ToString());

    [Fact]
    public void A62_A63_a_signature_is_of_one_text_and_one_account()
    {
        using var account = new TestChainAccount();
        using var another = new TestChainAccount();
        var message = Of(account.Account);
        var signature = account.Sign(message.ToString());
        Assert.True(message.IsSigned(signature));
        Assert.True(message.IsSigned(signature[2..].ToUpperInvariant()));
        Assert.False(message.IsSigned(another.Sign(message.ToString())));
        SignInMessage[] others =
        [
            message with { Domain = "nation.example" },
            message with { Account = AccountId.Parse(another.Account) },
            message with { Account = AccountId.Parse(account.Account.Replace(":1:", ":10:", StringComparison.Ordinal)) },
            message with { Statement = "I bind them." },
            message with { Uri = "https://nation.example:8443/account" },
            message with { Nonce = "32891757" },
            message with { IssuedAt = At.AddSeconds(1) },
            message with { ExpiresAt = At.AddMinutes(11) },
        ];
        Assert.All(others, other => Assert.False(Signed(other, signature)));

        // A digest without the prefix of texts could be a transaction's.
        Assert.False(Signed(message, Convert.ToHexStringLower(account.SignDigest(NetworkIdentity.Standards.Crypto.Keccak256.Hash(System.Text.Encoding.UTF8.GetBytes(message.ToString()))))));
    }

    [Theory]
    [InlineData("")]
    [InlineData("0x")]
    [InlineData("no signature")]
    [InlineData("0x00")]
    public void What_is_no_signature_is_refused(string signature) =>
        Assert.Equal(Refusal.MalformedCode, Assert.Throws<Refusal>(() => Of("eip155:1:0xab16a96D359eC26a11e2C2b3d8f8B8942d5Bfcdb").IsSigned(signature)).Code);

    /// <summary>Where another text was signed, mostly another key is found; sometimes none.</summary>
    private static bool Signed(SignInMessage message, string signature)
    {
        try
        {
            return message.IsSigned(signature);
        }
        catch (Refusal refusal) when (refusal.Description == "no key made this signature")
        {
            return false;
        }
    }

    private static SignInMessage Of(string account) =>
        new("nation.example:8443", AccountId.Parse(account), "I bind it.", "https://nation.example:8443/account/elsewhere", "32891756", At, At.AddMinutes(10));
}
