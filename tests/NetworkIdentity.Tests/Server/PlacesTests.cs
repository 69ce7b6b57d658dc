using NetworkIdentity.Server;

namespace NetworkIdentity.Tests.Server;

/// <summary>Wallet, sample apps and nation stand on different hosts, so that no cookie is shared.</summary>
public sealed class PlacesTests
{
    private static readonly Settings Practice = new() { Secret = "", IsDevelopment = true, IsPractice = true };

    [Fact]
    public void Beside_a_practice_nation_on_localhost_each_has_a_name_of_its_own() => Assert.Equal(
        new Places("http://wallet.localhost:5080", "http://library.localhost:5081", "http://door.localhost:5082"),
        Places.Of(Practice, "http://localhost:5080/nation"));

    [Fact]
    public void Elsewhere_there_are_those_that_are_configured()
    {
        Assert.Equal(new Places(null, null, null), Places.Of(Practice with { IsPractice = false }, "http://localhost:5080"));
        Assert.Equal(new Places(null, null, null), Places.Of(Practice, "http://127.0.0.1:5080"));
        Assert.Equal(
            new Places("https://wallet.example", "https://library.example:8443", null),
            Places.Of(Practice with { WalletUrl = "https://wallet.example", LibraryUrl = "https://library.example:8443" }, "https://nation.example"));
        Assert.Equal(
            new Places("https://wallet.example", null, null),
            Places.Of(Practice with { IsPractice = false, WalletUrl = "https://wallet.example", LibraryUrl = "https://library.example" }, "https://nation.example"));
    }

    [Theory]
    [InlineData("https://nation.example", null)]
    [InlineData("https://nation.example:8443", null)]
    [InlineData("https://a.example", "https://a.example:444")]
    public void Two_on_one_host_are_refused(string wallet, string? library)
    {
        var exception = Assert.Throws<SettingsException>(() => Places.Of(Practice with { WalletUrl = wallet, LibraryUrl = library }, "https://nation.example"));
        Assert.Contains("NETID__Wallet__Url", exception.Message, StringComparison.Ordinal);
    }
}
