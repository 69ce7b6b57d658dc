using System.Security.Cryptography.X509Certificates;
using NetworkIdentity.Keys;
using NetworkIdentity.Tests.Specimens;

namespace NetworkIdentity.Tests.Sample;

/// <summary>The sample app over https, with the nation's development certificate.</summary>
public sealed class TlsTests
{
    [Fact]
    public async Task It_serves_https_under_its_own_name_and_trusts_the_one_root_that_it_was_given()
    {
        var issuer = $"https://localhost:{TestServer.FreePort()}";
        await using var server = await TestServer.StartAsync(change: settings => settings with { Issuer = issuer, DevelopmentTls = true });
        var held = server.Nation.Keys.CurrentKey(KeyPurpose.Tls);
        using var key = held.OpenEcdsa();
        using var certificate = held.Certificate!.CopyWithPrivateKey(key);
        var root = Assert.Single(server.Nation.Keys.Roots);
        using var visitor = new Visitor(trustedRoot: root);

        foreach (var (trusted, expected) in ((X509Certificate2?, string)[])[(root, issuer + "/authorize?"), (null, "")])
        {
            await using var library = await TestPartner.StartAsync(
                issuer, "client", "secret", server.Time, TestPartner.NewOrigin("library", "https"), options => options with { Certificate = certificate, TrustedRoot = trusted });
            var way = await visitor.GoAsync(library.Options.Origin + "/sign-in", url => !library.IsOurs(url));
            if (trusted is not null) Assert.StartsWith(expected, way);
            else Assert.Equal("Nation of Tests does not answer", visitor.Heading);

            using var begun = await visitor.GetAsync(library.Options.Origin + "/sign-in");
            if (trusted is not null) Assert.All(begun.Headers.GetValues("Set-Cookie"), cookie => Assert.Contains("; secure", cookie));
        }
    }
}
